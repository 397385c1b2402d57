package io.bellgate.coap.node.blocks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.serialization.DataSerializer;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;
import org.eclipse.californium.elements.util.DatagramWriter;

/**
 * Exchanges on their way, as octets. An octet 3; when it was saved (ms since 1970, u64); what
 * {@link MessageIds} writes; then four lists, each with its length (u32). Bodies that come: peer,
 * operation (u16 and as many octets of UTF-8 each; before them an octet, 1 if a key proves the
 * peer), content format (i32), octets so far. Bodies that leave: peer and operation likewise, code
 * (u8), options and payload as in a message (RFC 7252, section 3). Octets have their number (u32)
 * before them. Peers of recent answers: u16 and as many octets of UTF-8. Recent answers, of which
 * there are many, and whose nodes wait meanwhile: an octet, 1 if a key proves the peer; place of
 * the peer in its list (u32), message ID (u16) and CRC-32C (u32) of the request; octets of the
 * datagram (u16), datagram. They hold what nodes said and are told: secret.
 */
final class SavedExchanges {
  private static final int FORMAT = 3;
  private static final int ANSWER_OCTETS = 1 + 4 + 2 + 4 + 2;
  private static final int MOST_OF_EACH = 11_000;

  private SavedExchanges() {}

  static byte[] save(
      MessageIds ids, BlockTransfers transfers, RecentAnswers answers, InstantSource clock) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(FORMAT);
      out.writeLong(clock.millis());
      ids.write(out);
      List<Writing> uploads = new ArrayList<>();
      transfers
          .uploads()
          .forEach(clock.millis(), (key, upload) -> uploads.add(o -> write(o, key, upload)));
      writeAll(out, uploads);
      List<Writing> bodies = new ArrayList<>();
      transfers
          .bodies()
          .forEach(clock.millis(), (key, body) -> bodies.add(o -> write(o, key, body)));
      writeAll(out, bodies);
      write(out, answers.answers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  private interface Writing {
    void write(DataOutputStream out) throws IOException;
  }

  private static void writeAll(DataOutputStream out, List<Writing> all) throws IOException {
    out.writeInt(all.size());
    for (Writing one : all) {
      one.write(out);
    }
  }

  private static void write(DataOutputStream out, TransferKey key) throws IOException {
    out.writeBoolean(key.peer().proven());
    out.writeUTF(key.peer().name());
    out.writeUTF(key.operation());
  }

  private static void write(DataOutputStream out, byte[] octets) throws IOException {
    out.writeInt(octets.length);
    out.write(octets);
  }

  private static void write(DataOutputStream out, TransferKey key, Upload upload)
      throws IOException {
    write(out, key);
    out.writeInt(upload.format());
    write(out, upload.octets());
  }

  private static void write(DataOutputStream out, TransferKey key, Body body) throws IOException {
    write(out, key);
    out.writeByte(body.code().value);
    DatagramWriter rest = new DatagramWriter(body.payload().length + 64);
    DataSerializer.serializeOptionsAndPayload(rest, body.options(), body.payload());
    write(out, rest.toByteArray());
  }

  private static void write(DataOutputStream out, List<RecentAnswers.Answered> answers)
      throws IOException {
    Map<String, Integer> places = new LinkedHashMap<>();
    for (RecentAnswers.Answered answer : answers) {
      places.putIfAbsent(answer.asked().peer(), places.size());
    }
    out.writeInt(places.size());
    for (String peer : places.keySet()) {
      out.writeUTF(peer);
    }
    out.writeInt(answers.size());
    ByteBuffer head = ByteBuffer.allocate(ANSWER_OCTETS);
    for (RecentAnswers.Answered answer : answers) {
      RecentAnswers.Asked asked = answer.asked();
      head.clear()
          .put((byte) (answer.proven() ? 1 : 0))
          .putInt(places.get(asked.peer()))
          .putShort((short) asked.messageId())
          .putInt(asked.checksum())
          .putShort((short) answer.datagram().length);
      out.write(head.array());
      out.write(answer.datagram());
    }
  }

  /**
   * Goes on with what was saved.
   *
   * @throws IllegalArgumentException if it cannot be read; then what was read so far is there
   */
  static void load(
      byte[] saved,
      MessageIds ids,
      BlockTransfers transfers,
      RecentAnswers answers,
      InstantSource clock) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved))) {
      if (in.readByte() != FORMAT) {
        throw new IllegalArgumentException("saved exchanges are of format " + FORMAT);
      }
      long age = clock.millis() - in.readLong();
      if (age < 0 || age > Waiting.LIFETIME_MILLIS) {
        return; // their nodes have given up
      }
      ids.read(in);
      for (int left = number(in); left > 0; left--) {
        TransferKey key = key(in);
        Upload upload = new Upload(in.readInt(), octets(in));
        transfers.uploads().put(key, upload, upload.octets().length, clock.millis());
      }
      for (int left = number(in); left > 0; left--) {
        TransferKey key = key(in);
        Body body = body(in);
        transfers.bodies().put(key, body, body.payload().length, clock.millis());
      }
      String[] peers = new String[number(in)];
      for (int i = 0; i < peers.length; i++) {
        peers[i] = in.readUTF();
      }
      int left = number(in);
      ByteBuffer rest = ByteBuffer.wrap(saved, saved.length - in.available(), in.available());
      for (; left > 0; left--) {
        answers.take(answer(rest, peers));
      }
      if (rest.hasRemaining()) {
        throw new IllegalArgumentException("saved exchanges end after the last answer");
      }
    } catch (IOException | MessageFormatException e) {
      throw new IllegalArgumentException("saved exchanges cannot be read: " + e, e);
    }
  }

  private static RecentAnswers.Answered answer(ByteBuffer in, String[] peers) {
    if (in.remaining() < ANSWER_OCTETS) {
      throw new IllegalArgumentException("saved exchanges have whole answers");
    }
    boolean proven = in.get() != 0;
    int place = in.getInt();
    int messageId = Short.toUnsignedInt(in.getShort());
    int checksum = in.getInt();
    int octets = Short.toUnsignedInt(in.getShort());
    if (place < 0 || place >= peers.length || octets > in.remaining()) {
      throw new IllegalArgumentException("saved exchanges have whole answers to known peers");
    }
    byte[] datagram = new byte[octets];
    in.get(datagram);
    return new RecentAnswers.Answered(
        new RecentAnswers.Asked(peers[place], messageId, checksum), proven, datagram);
  }

  private static int number(DataInputStream in) throws IOException {
    int number = in.readInt();
    if (number < 0 || number > MOST_OF_EACH) {
      throw new IllegalArgumentException(
          "of saved exchanges there are 0 to " + MOST_OF_EACH + ": number=" + number);
    }
    return number;
  }

  private static TransferKey key(DataInputStream in) throws IOException {
    boolean proven = in.readBoolean();
    return new TransferKey(new Peer(in.readUTF(), proven), in.readUTF());
  }

  private static byte[] octets(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IllegalArgumentException("a part of saved exchanges is as long as it says");
    }
    return in.readNBytes(length);
  }

  private static Body body(DataInputStream in) throws IOException {
    Response parsed = new Response(ResponseCode.valueOf(in.readUnsignedByte()));
    byte[] rest = octets(in);
    new UdpDataParser().parseOptionsAndPayload(new DatagramReader(rest), parsed);
    return new Body(parsed.getCode(), parsed.getOptions(), parsed.getPayload());
  }
}
