/*
 * A constrained node on libcoap: posts readings under DTLS with a pre-shared key.
 *
 * One reading a line on standard input, a JSON value: 17.5, "open", true. Each has the node's own
 * count, which is on the disk before the reading is sent, so that none is told by a count that was
 * used: the gateway takes (node, count) once, however often it comes. A reading is repeated until
 * the gateway has it, over lost datagrams, an upgrade, a restart or a power cut of the gateway.
 */
#include <coap3/coap.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST_LINE 512
#define MOST_KEY 64
#define CONTENT_FORMAT_JSON 50
#define ANSWER_SECONDS 20  /* then the session is made anew */
#define AGAIN_SECONDS 2    /* before a reading is repeated, at least */
#define TRIES 60

struct node {
  const char *host, *port, *name, *resource, *state;
  char identity[128];
  uint8_t key[MOST_KEY];
  size_t key_octets;
  coap_context_t *context;
  coap_session_t *session;
  enum { WAITING, ACCEPTED, LATER, REFUSED, LOST } outcome;
  unsigned later_seconds;
};

static struct node node;

static void die(const char *what, const char *name) {
  fprintf(stderr, "node: %s: %s%s%s\n", what, name, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

/* ------------------------------------------------------------------------ what the node keeps */

/* What `bellgate nodes add` printed: `identity IDENTITY` and `key KEY`, the key in hexadecimal. */
static void read_key(const char *file) {
  char digits[2 * MOST_KEY + 1];
  struct stat rights;
  FILE *in = fopen(file, "r");
  if (!in || fstat(fileno(in), &rights)) die("cannot read the key", file);
  errno = 0;
  if (rights.st_mode & 077) die("a key is for its owner only, chmod 600", file);
  if (fscanf(in, " identity %127s key %128[0-9a-fA-F]", node.identity, digits) != 2) {
    die("not what `bellgate nodes add` printed", file);
  }
  fclose(in);
  for (const char *d = digits; d[0] && d[1]; d += 2) {
    unsigned octet = 0;
    sscanf(d, "%2x", &octet);
    node.key[node.key_octets++] = (uint8_t)octet;
  }
  memset(digits, 0, sizeof digits);
}

/* The count of the next reading; 0 at first. */
static unsigned long read_count(void) {
  unsigned long count = 0;
  FILE *in = fopen(node.state, "r");
  if (!in) {
    if (errno == ENOENT) return 0;
    die("cannot read the count", node.state);
  }
  if (fscanf(in, "%lu", &count) != 1) die("not a count", node.state);
  fclose(in);
  return count;
}

/* Durably: a power cut finds the old one or the new one. */
static void write_count(unsigned long count) {
  char part[512], text[32];
  int length = snprintf(text, sizeof text, "%lu\n", count);
  snprintf(part, sizeof part, "%s.part", node.state);
  int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0 || write(out, text, (size_t)length) != length || fsync(out) || close(out)
      || rename(part, node.state)) {
    die("cannot write the count", node.state);
  }
}

/* ------------------------------------------------------------------------ the session */

static void disconnect(void) {
  if (node.session) coap_session_release(node.session);
  node.session = NULL;
}

static void connect_to_gateway(void) {
  struct addrinfo hints, *found;
  coap_address_t gateway;
  coap_dtls_cpsk_t setup;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_DGRAM;
  errno = 0;
  if (getaddrinfo(node.host, node.port, &hints, &found)) die("no such gateway", node.host);
  coap_address_init(&gateway);
  gateway.size = found->ai_addrlen;
  memcpy(&gateway.addr.sa, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  memset(&setup, 0, sizeof setup);
  setup.version = COAP_DTLS_CPSK_SETUP_VERSION;
  setup.psk_info.identity.s = (const uint8_t *)node.identity;
  setup.psk_info.identity.length = strlen(node.identity);
  setup.psk_info.key.s = node.key;
  setup.psk_info.key.length = node.key_octets;
  node.session =
      coap_new_client_session_psk2(node.context, NULL, &gateway, COAP_PROTO_DTLS, &setup);
  if (!node.session) die("no session", node.host);
}

/* The gateway closed the session (its key has ended, or it forgot it), or there is none. */
static int on_event(coap_session_t *session, const coap_event_t event) {
  if (session == node.session
      && (event == COAP_EVENT_DTLS_CLOSED || event == COAP_EVENT_DTLS_ERROR)
      && node.outcome == WAITING) {
    node.outcome = LOST;
  }
  return 0;
}

static void on_nack(
    coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t why, coap_mid_t id) {
  (void)sent, (void)why, (void)id;
  if (session == node.session && node.outcome == WAITING) node.outcome = LOST;
}

static coap_response_t on_response(
    coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *answer, coap_mid_t id) {
  coap_opt_iterator_t options;
  coap_pdu_code_t code = coap_pdu_get_code(answer);
  size_t octets = 0;
  const uint8_t *text = NULL;
  (void)session, (void)sent, (void)id;
  if (COAP_RESPONSE_CLASS(code) == 2) {
    node.outcome = ACCEPTED;
    return COAP_RESPONSE_OK;
  }
  if (code == COAP_RESPONSE_CODE(503)) {
    coap_opt_t *max_age = coap_check_option(answer, COAP_OPTION_MAXAGE, &options);
    node.outcome = LATER;
    node.later_seconds =
        max_age ? coap_decode_var_bytes(coap_opt_value(max_age), coap_opt_length(max_age)) : 60;
    return COAP_RESPONSE_OK;
  }
  node.outcome = REFUSED;
  coap_get_data(answer, &octets, &text);
  fprintf(stderr, "node: refused: %d.%02d %.*s\n", COAP_RESPONSE_CLASS(code), code & 0x1f,
      (int)octets, text ? (const char *)text : "");
  return COAP_RESPONSE_OK;
}

/* ------------------------------------------------------------------------ a reading */

static void path(coap_pdu_t *pdu, const char *segment) {
  coap_add_option(pdu, COAP_OPTION_URI_PATH, strlen(segment), (const uint8_t *)segment);
}

static int send_reading(const char *json) {
  uint8_t token[8], format[2];
  size_t token_octets;
  coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST,
      coap_new_message_id(node.session), coap_session_max_pdu_size(node.session));
  if (!pdu) return 0;
  coap_session_new_token(node.session, &token_octets, token);
  coap_add_token(pdu, token_octets, token);
  path(pdu, "telemetry");
  path(pdu, node.name);
  path(pdu, node.resource);
  coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT,
      coap_encode_var_safe(format, sizeof format, CONTENT_FORMAT_JSON), format);
  coap_add_data(pdu, strlen(json), (const uint8_t *)json);
  return coap_send(node.session, pdu) != COAP_INVALID_MID;
}

/* Until the gateway has it: 1; or it will not take it: 0. */
static int deliver(const char *json) {
  for (int tried = 0; tried < TRIES; tried++) {
    time_t until = time(NULL) + ANSWER_SECONDS;
    if (!node.session) connect_to_gateway();
    node.outcome = WAITING;
    if (!send_reading(json)) node.outcome = LOST;
    while (node.outcome == WAITING && time(NULL) < until) {
      coap_io_process(node.context, 500);
    }
    switch (node.outcome) {
      case ACCEPTED:
        return 1;
      case REFUSED:
        return 0;
      case LATER:
        break;
      default: /* no answer: whatever the gateway knew of this session, it may not know any more */
        node.later_seconds = 0;
        disconnect();
    }
    sleep(node.later_seconds > AGAIN_SECONDS ? node.later_seconds : AGAIN_SECONDS);
  }
  fprintf(stderr, "node: given up after %d tries: %s\n", TRIES, json);
  return 0;
}

int main(int count, char **words) {
  char value[MOST_LINE], json[MOST_LINE + 64];
  int refused = 0;
  if (count != 7) {
    fprintf(stderr,
        "node HOST PORT NODE RESOURCE KEYFILE STATEFILE: posts each line of standard input\n"
        "  (umask 077; bellgate nodes add pump-17 --site berlin > key)\n"
        "  echo 17.5 | node 192.0.2.1 5684 pump-17 pressure key count\n"
        "Ends with 0 if the gateway has all, 4 if it refused one, 1 if something is wrong here.\n");
    return 2;
  }
  node.host = words[1], node.port = words[2], node.name = words[3], node.resource = words[4];
  node.state = words[6];
  read_key(words[5]);
  coap_startup();
  coap_set_log_level(LOG_ERR);
  node.context = coap_new_context(NULL);
  if (!node.context) die("no context", "libcoap");
  coap_context_set_block_mode(node.context, COAP_BLOCK_USE_LIBCOAP);
  coap_register_response_handler(node.context, on_response);
  coap_register_event_handler(node.context, on_event);
  coap_register_nack_handler(node.context, on_nack);
  while (fgets(value, sizeof value, stdin)) {
    unsigned long sequence = read_count();
    value[strcspn(value, "\r\n")] = 0;
    if (!value[0]) continue;
    write_count(sequence + 1);
    snprintf(json, sizeof json, "{\"seq\":%lu,\"v\":%s}", sequence, value);
    if (deliver(json)) {
      printf("%lu accepted\n", sequence);
      fflush(stdout);
    } else {
      refused = 4;
    }
  }
  disconnect();
  coap_free_context(node.context);
  coap_cleanup();
  memset(node.key, 0, sizeof node.key);
  return refused;
}
