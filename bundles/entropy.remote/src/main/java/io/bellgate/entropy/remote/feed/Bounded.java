package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** A body of so many octets at most; a longer one is not read on. */
final class Bounded implements BodySubscriber<byte[]> {
  private final CompletableFuture<byte[]> done = new CompletableFuture<>();
  private final int most;
  private byte[] octets = new byte[1_024];
  private int length;
  private Subscription subscription;

  Bounded(int most) {
    this.most = most;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Subscription subscribed) {
    subscription = subscribed;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      int more = buffer.remaining();
      if (length + more > most) {
        subscription.cancel();
        onError(new IOException("BG-ENTROPY-052 an answer is too long: mostOctets=" + most));
        return;
      }
      room(length + more);
      buffer.get(octets, length, more);
      length += more;
    }
  }

  private void room(int wanted) {
    if (wanted > octets.length) {
      byte[] before = octets;
      octets = Arrays.copyOf(before, Math.min(most, Math.max(wanted, 2 * before.length)));
      Arrays.fill(before, (byte) 0);
    }
  }

  @Override
  public void onError(Throwable why) {
    Arrays.fill(octets, (byte) 0);
    done.completeExceptionally(why);
  }

  @Override
  public void onComplete() {
    done.complete(Arrays.copyOf(octets, length));
    Arrays.fill(octets, (byte) 0);
  }
}
