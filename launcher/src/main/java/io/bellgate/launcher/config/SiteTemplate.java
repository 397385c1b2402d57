package io.bellgate.launcher.config;

/** The configuration that {@code bellgate init} writes. */
public final class SiteTemplate {
  private SiteTemplate() {}

  /** Commented JSON for a site. */
  public static String of(String site) {
    return """
        // Configuration of the site %s. Comments are allowed in this file.
        // Changes on a running box belong into overlay.json beside it, which wins property by
        // property; a null there takes a value away. Look at the result with
        //   bellgate config show --effective --site %s
        {
          // equals the name of the folder
          "site": "%s",

          // what is in this gateway; see bellgate feature list
          "features": ["gateway-pqc"],

          // Listening sockets. Bundles borrow them by name, so that nothing is lost while a bundle
          // is replaced. Port 0 is any free port; the bound ports stand in DATA/run/sockets.json.
          "sockets": {
            "coap": {"type": "udp", "address": "127.0.0.1", "port": 5683},
            "peer": {"type": "tcp", "address": "127.0.0.1", "port": 7401}
          },

          // java.util.logging levels; files rotate in DATA/log
          "logging": {
            "level": "INFO",
            // "levels": {"io.bellgate.coap.node": "FINE"},
            "files": 4,
            "file-octets": 5000000
          },

          // Framework properties, rarely needed.
          // "framework": {"bellgate.lab": "true"},

          // Configuration by PID, property by property. ${site}, ${data}, ${home} and ${config}
          // (the folder of this file) are replaced. Secrets never stand here: name a file.
          "configuration": {
          }
        }
        """
        .formatted(site, site, site);
  }
}
