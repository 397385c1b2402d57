package io.bellgate.keys.pqc.object;

import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.SealedObjects;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code object}: seals a file for a peer that is not connected, and opens one. */
@Component(service = Command.class, property = Command.NAME + "=object")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=object",
      "summary=\"seal a file for a peer that is not connected, and open one\"",
      "feature=keys-pqc"
    })
public final class ObjectCommand implements Command {
  private static final String SUFFIX = ".sealed";
  private static final byte[] INFO = "file".getBytes(StandardCharsets.US_ASCII);
  private static final String HELP =
      """
      Usage: object seal --to PEER [--pqc] FILE
             object open FILE

      seal   writes FILE.sealed beside FILE, where the gateway runs: for PEER alone, to be opened
             once; takes a key of the quantum link, with --pqc one of the post-quantum exchange
             if there is none
      open   writes the content of FILE.sealed to FILE, which must not be there yet

      Up to 8 MiB. The peer must open it before the key expires in its pool.

      Examples:
        bellgate object seal --to bob /media/usb/plan.pdf --site alice
        bellgate object open /media/usb/plan.pdf.sealed --site bob
      """;

  private final SealedObjects objects;

  /** Made by Declarative Services. */
  @Activate
  public ObjectCommand(@Reference HpkeObjects objects) {
    this.objects = objects;
  }

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    boolean pqc = words.remove("--pqc");
    Optional<String> to = Optional.empty();
    int at = words.indexOf("--to");
    if (at >= 0 && at + 1 < words.size()) {
      words.remove(at);
      to = Optional.of(words.remove(at));
    }
    try {
      if (words.size() == 2 && words.get(0).equals("seal") && to.isPresent()) {
        return seal(call, to.get(), pqc, Path.of(words.get(1)));
      }
      if (words.size() == 2 && words.get(0).equals("open") && to.isEmpty() && !pqc) {
        return open(call, Path.of(words.get(1)));
      }
    } catch (IllegalArgumentException | NotAllowed refused) {
      call.err().println(refused.getMessage());
      return REFUSED;
    } catch (Gone gap) {
      call.err().println(gap.getMessage());
      return UNREACHABLE;
    } catch (NoSuchFileException missing) {
      call.err().println("there is no such file where the gateway runs: " + missing.getFile());
      return FAILED;
    } catch (FileAlreadyExistsException there) {
      call.err().println("a file is not overwritten: " + there.getFile() + "; move it away");
      return FAILED;
    }
    call.err().print(HELP);
    return USAGE;
  }

  private int seal(Call call, String peer, boolean pqc, Path file) throws IOException {
    Path target = file.resolveSibling(file.getFileName() + SUFFIX);
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if (Files.size(file) > SealedObjects.MAX_OCTETS) {
      throw new IllegalArgumentException(
          "BG-OBJECT-002 an object holds 8 MiB at most: octets=" + Files.size(file));
    }
    Predicate<KeyOrigin> quantum = o -> o.kind() == KeyOrigin.Kind.QKD;
    Predicate<KeyOrigin> exchanged = o -> o.kind() == KeyOrigin.Kind.PQC;
    byte[] content = Files.readAllBytes(file);
    Optional<byte[]> object = objects.seal(peer, content, INFO, quantum);
    if (object.isEmpty() && pqc) {
      object = objects.seal(peer, content, INFO, exchanged);
    }
    if (object.isEmpty()) {
      call.err()
          .println(
              "BG-OBJECT-008 there is no key for this now: peer="
                  + peer
                  + "; bellgate status keys; --pqc takes one of the post-quantum exchange");
      return FAILED;
    }
    Files.write(target, object.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    call.out().println("sealed for " + peer + "  " + target);
    return OK;
  }

  private int open(Call call, Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
      throw new IllegalArgumentException("BG-OBJECT-001 a sealed file is named *" + SUFFIX);
    }
    Path target = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
    if (Files.size(file) > SealedObjects.MAX_OCTETS + 8192L) {
      throw new IllegalArgumentException(
          "BG-OBJECT-002 an object holds 8 MiB at most: octets=" + Files.size(file));
    }
    byte[] object = Files.readAllBytes(file);
    List<String> kept = new ArrayList<>();
    try (FileChannel out = OwnerOnly.create(target)) {
      objects.open(object, INFO, opened -> kept.add(keep(opened, out, target)));
    } catch (FileAlreadyExistsException there) {
      throw there;
    } catch (RuntimeException | IOException failed) {
      if (kept.isEmpty()) {
        Files.deleteIfExists(target);
        throw failed;
      }
      call.err()
          .println(
              "the content is there; whether its key was used up is not known: "
                  + failed.getMessage());
    }
    call.out().println(kept.get(0));
    return OK;
  }

  /** The content is on the disk before the key is consumed, or neither. */
  private static String keep(SealedObjects.Opened opened, FileChannel out, Path target)
      throws IOException {
    try {
      ByteBuffer content = ByteBuffer.wrap(opened.content());
      while (content.hasRemaining()) {
        out.write(content);
      }
    } finally {
      Arrays.fill(opened.content(), (byte) 0);
    }
    out.force(true);
    OwnerOnly.forceFolder(target.toAbsolutePath().getParent());
    return "from " + opened.peer() + " by " + opened.origin() + "  " + target;
  }
}
