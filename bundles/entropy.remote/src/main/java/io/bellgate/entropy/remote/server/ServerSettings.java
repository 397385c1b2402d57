package io.bellgate.entropy.remote.server;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of the server; without one it is off. */
@ObjectClassDefinition(
    name = "QRNG Open API server",
    description = "Gives random bits of this gateway to applications, by the QRNG Open API v1")
public @interface ServerSettings {
  /**
   * Where it listens.
   *
   * @return an address of this machine
   */
  @AttributeDefinition(description = "Address to listen at; another than loopback needs tls.file")
  String address() default "127.0.0.1";

  /**
   * Where it listens.
   *
   * @return a TCP port; 0: any that is free
   */
  @AttributeDefinition(
      description = "TCP port; 0: any that is free, shown in status",
      min = "0",
      max = "65535")
  int port();

  /**
   * What clients must show.
   *
   * @return a file in DATA/secrets, for its owner only
   */
  @AttributeDefinition(
      name = "token.file",
      description =
          "File in DATA/secrets (0600) with the bearer token of clients, at least 16 characters")
  String token_file();

  /**
   * What it shows to clients.
   *
   * @return a file in DATA/secrets, for its owner only; empty: no TLS
   */
  @AttributeDefinition(
      name = "tls.file",
      description =
          "File in DATA/secrets (0600), PEM: certificates, its own first, and the private key (PKCS#8); empty: no TLS, loopback only")
  String tls_file() default "";

  /**
   * The largest block.
   *
   * @return octets
   */
  @AttributeDefinition(
      name = "block.octets",
      description = "Most octets of a block",
      min = "1",
      max = "65536")
  int block_octets() default 4096;

  /**
   * The most blocks of a request.
   *
   * @return blocks
   */
  @AttributeDefinition(
      name = "block.count",
      description = "Most blocks of a request; all of a request are at most 65536 octets",
      min = "1",
      max = "1024")
  int block_count() default 16;

  /**
   * How much all clients get.
   *
   * @return octets a second, with a reserve of ten seconds
   */
  @AttributeDefinition(
      name = "octets.per.second",
      description = "Octets a second for all clients together; ten seconds' worth may come at once",
      min = "1")
  int octets_per_second() default 8192;

  /**
   * How often all clients may ask.
   *
   * @return requests a second of clients that show the token
   */
  @AttributeDefinition(
      name = "requests.per.second",
      description = "Requests a second of all clients together that show the token",
      min = "1")
  int requests_per_second() default 20;
}
