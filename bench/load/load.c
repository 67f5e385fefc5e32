// SPDX-License-Identifier: MIT
// The load client: N connections from one thread that never sleeps, so that waking it is not
// charged to the server (the wake-up interrupt was 5-17 % of a server's profile). Sends fixed
// bytes, counts answers for some seconds and prints one JSON line. Knows nothing of who is asked:
// which servers exist, what is compared and what the answers should say is run.mjs's business.
#define _GNU_SOURCE
#include "frame.h"
#include "histogram.h"
#include "options.h"
#include "requests.h"
#include "response.h"
#include "secure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum {
  kEvents = 1024,
  kWave = 128, // connections being opened at once: well below any server's accept backlog
  kBufferSize = 262144,
};

static const uint64_t kSecond = 1000000000u;
static const uint64_t kStall = 10u * 1000000000u;

// kSetup: every connection opens and gets one answer. kLead: full load, not counted.
// kTimed: counted. kDrain: what is still under way may finish.
enum Phase { kSetup, kLead, kTimed, kDrain };

struct Connection {
  int fd;
  uint32_t variant;     // the variant whose answer is being read
  uint32_t sentVariant; // the variant that the bytes being sent start with
  uint32_t outstanding;
  size_t sent;
  size_t toSend;
  uint64_t sentAt;
  SSL *ssl; // null without TLS
  bool connecting;
  bool shaking;  // the handshake of TLS goes on
  bool ready;    // has had its first answer
  bool writing;  // registered for EPOLLOUT
  bool answered; // closing mode: whole answer here, waiting for the server's FIN
  struct Response response;
  struct Frame frame;
};

static struct Connection *connections;
static struct Histogram histogram;
static char buffer[kBufferSize];
static int poller;
static enum Phase phase = kSetup;
static uint32_t nextVariant;
static int opened; // connections that were started
static int readyCount;
static uint64_t now;
static uint64_t lastProgress;
static uint64_t answers;
static uint64_t inFlight;
static uint64_t awaited; // frames of the fan-out that have not arrived
static uint64_t bytesIn;
static struct { uint64_t connect, early, read, write, status, framing; } errors;

static uint64_t errorCount(void) {
  return errors.connect + errors.early + errors.read + errors.write + errors.status +
         errors.framing;
}

static void subscribe(struct Connection *connection, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data = {.ptr = connection}};
  if (epoll_ctl(poller, operation, connection->fd, &event) != 0)
    die("epoll_ctl");
}

static void startConnection(struct Connection *connection);

// Reset instead of FIN: ten thousand closed connections in TIME_WAIT would use up the ports.
static void dropConnection(struct Connection *connection) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  secureClose(connection->ssl);
  connection->ssl = NULL;
  close(connection->fd);
  connection->fd = -1;
  inFlight -= connection->outstanding;
  connection->outstanding = 0;
}

static void failConnection(struct Connection *connection, uint64_t *counter) {
  (*counter)++;
  dropConnection(connection);
  if (phase != kDrain && errorCount() < 1000000)
    startConnection(connection);
}

static void flush(struct Connection *connection) {
  while (connection->sent < connection->toSend) {
    const char *from = variants[connection->sentVariant].bytes + connection->sent;
    size_t left = connection->toSend - connection->sent;
    ssize_t count = connection->ssl != NULL ? secureSend(connection->ssl, from, left)
                                            : send(connection->fd, from, left, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN) {
        failConnection(connection, &errors.write);
        return;
      }
      if (!connection->writing)
        subscribe(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      connection->writing = true;
      return;
    }
    connection->sent += (size_t)count;
  }
  if (connection->writing)
    subscribe(connection, EPOLL_CTL_MOD, EPOLLIN);
  connection->writing = false;
}

static void fire(struct Connection *connection) {
  bool single = phase == kSetup || options.closing || options.pipeline == 1;
  if (options.sockets)
    nextVariant = connection->ready ? 1 : 0;
  uint32_t count = single ? 1 : (uint32_t)options.pipeline;
  const struct Variant *variant = &variants[nextVariant];
  connection->variant = nextVariant;
  connection->sentVariant = nextVariant;
  connection->sent = 0;
  connection->toSend = single ? variant->first : variant->length;
  connection->outstanding = count;
  connection->sentAt = now;
  if (options.fanout && connection->ready) {
    connection->outstanding = 0;
    awaited = (uint64_t)count * (uint64_t)options.connections;
    count = 0;
    inFlight += awaited;
  }
  inFlight += count;
  nextVariant = (nextVariant + count) % (uint32_t)variantCount;
  flush(connection);
}

// The connection exists: a request, or a handshake first.
static void begin(struct Connection *connection) {
  if (connection->ssl == NULL) {
    fire(connection);
    return;
  }
  ssize_t result = secureShake(connection->ssl);
  connection->shaking = result != 1;
  if (result == 1)
    fire(connection);
  else if (errno != EAGAIN || result == 0)
    failConnection(connection, &errors.connect);
}

static void startConnection(struct Connection *connection) {
  bool local = options.unixPath != NULL;
  int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    die("socket (raise the limit of open files: ulimit -n)");
  connection->fd = fd;
  connection->outstanding = 0;
  connection->writing = false;
  connection->answered = false;
  connection->shaking = false;
  connection->ssl = secureOpen(fd);
  responseReset(&connection->response);
  frameReset(&connection->frame);
  connection->ready = connection->ready && !options.sockets;
  int result;
  if (local) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, options.unixPath, sizeof address.sun_path - 1);
    result = connect(fd, (struct sockaddr *)&address, sizeof address);
  } else {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options.port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    result = connect(fd, (struct sockaddr *)&address, sizeof address);
  }
  if (result != 0 && errno != EINPROGRESS) {
    if (errorCount() > 1000)
      die("connect");
    errors.connect++;
    secureClose(connection->ssl);
    close(fd);
    connection->fd = -1;
    startConnection(connection);
    return;
  }
  connection->connecting = result != 0;
  subscribe(connection, EPOLL_CTL_ADD, connection->connecting ? EPOLLOUT : EPOLLIN);
  if (!connection->connecting)
    begin(connection);
}

// One whole answer has arrived on the connection.
static void onAnswer(struct Connection *connection) {
  bool isFrame = options.sockets && connection->ready;
  if (!isFrame && connection->response.status != options.status)
    errors.status++;
  answers++;
  if (phase == kTimed)
    histogramAdd(&histogram, now - connections[options.fanout ? 0 : connection - connections].sentAt);
  inFlight--;
  if (options.fanout && isFrame) {
    if (--awaited == 0 && (phase == kLead || phase == kTimed))
      fire(&connections[0]);
    return;
  }
  connection->outstanding--;
  connection->variant = (connection->variant + 1) % (uint32_t)variantCount;
  responseReset(&connection->response);
  if (!connection->ready) {
    connection->ready = true;
    if (options.closing && options.sockets)
      readyCount = options.connections;
    else
      readyCount++;
    if (!options.closing && opened < options.connections)
      startConnection(&connections[opened++]);
  }
  if (options.closing) {
    connection->answered = true;
  } else if (connection->outstanding == 0 && (phase == kLead || phase == kTimed)) {
    fire(connection);
  }
}

static void onEnd(struct Connection *connection) {
  if (connection->response.state == kResponseUntilEnd) {
    onAnswer(connection);
    connection->answered = true;
  }
  if (!connection->answered) {
    failConnection(connection, &errors.early);
    return;
  }
  secureClose(connection->ssl);
  connection->ssl = NULL;
  close(connection->fd);
  connection->fd = -1;
  if (phase != kDrain)
    startConnection(connection);
}

// To the server's Close frame, which is small and comes in one piece. Some wait for it.
static void replyClose(struct Connection *connection) {
  static const char reply[] = {'\x88', '\x80', 0, 0, 0, 0};
  if (connection->ssl != NULL)
    (void)secureSend(connection->ssl, reply, sizeof reply);
  else
    (void)!send(connection->fd, reply, sizeof reply, MSG_NOSIGNAL);
}

static void onReadable(struct Connection *connection) {
  struct Response *response = &connection->response;
  bool skip = options.discard && connection->ssl == NULL && options.unixPath == NULL &&
              response->state == kResponseBody && response->left > kBufferSize;
  size_t room =
      skip ? (response->left < (1u << 30) ? (size_t)response->left : (1u << 30)) : sizeof buffer;
  ssize_t count = connection->ssl != NULL
                      ? secureReceive(connection->ssl, buffer, room)
                      : recv(connection->fd, buffer, room, skip ? MSG_TRUNC : 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR)
      return;
    if (options.closing && connection->answered) {
      onEnd(connection);
      return;
    }
    failConnection(connection, &errors.read);
    return;
  }
  if (count == 0) {
    onEnd(connection);
    return;
  }
  bytesIn += (uint64_t)count;
  lastProgress = now;
  if (skip) {
    response->left -= (uint64_t)count;
    if (response->left == 0)
      onAnswer(connection);
    return;
  }
  size_t at = 0;
  while (at < (size_t)count) {
    struct Variant *variant = &variants[connection->variant];
    size_t used = 0;
    if (options.sockets && connection->answered) {
      replyClose(connection);
      return;
    }
    bool isFrame = options.sockets && connection->ready;
    if (isFrame ? options.fanout && awaited == 0 : connection->outstanding == 0) {
      failConnection(connection, &errors.framing);
      return;
    }
    enum ResponseResult result =
        isFrame ? frameTake(&connection->frame, buffer + at, (size_t)count - at, &used)
                : responseTake(response, buffer + at, (size_t)count - at, &used, variant->head,
                               &variant->cache);
    at += used;
    if (result == kResponseBroken) {
      failConnection(connection, &errors.framing);
      return;
    }
    if (result == kResponseDone) {
      int fd = connection->fd;
      onAnswer(connection);
      if (connection->fd != fd)
        return;
    }
  }
}

static void onEvent(struct Connection *connection, uint32_t events) {
  if (connection->fd < 0)
    return;
  if (connection->connecting) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem != 0) {
      errno = problem;
      if (errors.connect > 1000)
        die("connect");
      failConnection(connection, &errors.connect);
      return;
    }
    connection->connecting = false;
    subscribe(connection, EPOLL_CTL_MOD, EPOLLIN);
    begin(connection);
    return;
  }
  if (connection->shaking) {
    begin(connection);
    return;
  }
  if ((events & EPOLLOUT) != 0) {
    int fd = connection->fd;
    flush(connection);
    if (connection->fd != fd)
      return;
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
    return;
  SSL *ssl = connection->ssl;
  do {
    errno = 0;
    onReadable(connection);
  } while (ssl != NULL && connection->ssl == ssl && !connection->shaking && errno != EAGAIN &&
           secureHasMore(ssl));
}

static void turn(void) {
  static struct epoll_event events[kEvents];
  int count = epoll_wait(poller, events, kEvents, options.sleeping ? 100 : 0);
  if (count < 0 && errno != EINTR)
    die("epoll_wait");
  now = nanoseconds();
  for (int i = 0; i < count; i++) {
    onEvent((struct Connection *)events[i].data.ptr, events[i].events);
  }
  if (phase != kDrain && now > lastProgress + kStall) {
    errno = 0;
    fprintf(stderr, "load: %d of %d connections ready, %llu answers, %llu errors\n", readyCount,
            options.connections, (unsigned long long)answers, (unsigned long long)errorCount());
    die("no byte for 10 seconds");
  }
}

static void turnUntil(uint64_t deadline) {
  while (now < deadline)
    turn();
}

static void print(const struct Usage *from, const struct Usage *to, uint64_t counted,
                  uint64_t bytes) {
  double tick = 1e6 / (double)sysconf(_SC_CLK_TCK);
  uint64_t ticks = to->ticks - from->ticks;
  printf("{\"requests\":%llu,\"errors\":%llu,\"seconds\":%.6f,\"bytes\":%llu,"
         "\"p50\":%.1f,\"p99\":%.1f,\"cpuMicros\":%.1f,\"userMicros\":%.1f,"
         "\"systemMicros\":%.1f,\"steal\":%.4f,\"clientShare\":%.3f,\"connections\":%d,"
         "\"resumed\":%llu,"
         "\"errorKinds\":{\"connect\":%llu,\"early\":%llu,\"read\":%llu,\"write\":%llu,"
         "\"status\":%llu,\"framing\":%llu}}\n",
         (unsigned long long)counted, (unsigned long long)errorCount(),
         (double)(to->wall - from->wall) / 1e9, (unsigned long long)bytes,
         (double)histogramQuantile(&histogram, 0.5) / 1000,
         (double)histogramQuantile(&histogram, 0.99) / 1000, (double)(to->cpu - from->cpu) / 1000,
         (double)(to->userTicks - from->userTicks) * tick,
         (double)(to->systemTicks - from->systemTicks) * tick,
         ticks == 0 ? 0 : (double)(to->steal - from->steal) / (double)ticks,
         (double)(to->own - from->own) / (double)(to->wall - from->wall), options.connections,
         (unsigned long long)secureResumed, (unsigned long long)errors.connect,
         (unsigned long long)errors.early, (unsigned long long)errors.read,
         (unsigned long long)errors.write, (unsigned long long)errors.status,
         (unsigned long long)errors.framing);
  fflush(stdout);
}

static void holdOpen(void) {
  printf("{\"ready\":%d}\n", readyCount);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0)
    continue;
}

int main(int argc, char **argv) {
  readRequests(readOptions(argc, argv));
  if (options.cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)options.cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
      die("cannot pin the load to its core");
  }
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = (struct Connection *)calloc((size_t)options.connections, sizeof *connections);
  if (connections == NULL)
    die("memory");
  now = lastProgress = nanoseconds();

  int wave = options.connections;
  if (!options.closing && wave > kWave)
    wave = kWave;
  while (opened < wave)
    startConnection(&connections[opened++]);
  while (readyCount < options.connections)
    turn();
  if (options.hold) {
    holdOpen();
    return errorCount() == 0 ? 0 : 1;
  }

  phase = kLead;
  int senders = options.fanout ? 1 : options.connections;
  for (int i = 0; !options.closing && i < senders; i++) {
    if (connections[i].fd >= 0 && !connections[i].connecting && !connections[i].shaking &&
        connections[i].outstanding == 0) {
      fire(&connections[i]);
    }
  }
  turnUntil(nanoseconds() + (uint64_t)(options.lead * (double)kSecond));

  struct Usage from = usageNow(&options.watch);
  uint64_t before = answers;
  uint64_t bytesBefore = bytesIn;
  phase = kTimed;
  turnUntil(from.wall + (uint64_t)(options.seconds * (double)kSecond));
  uint64_t counted = answers - before;
  struct Usage to = usageNow(&options.watch);
  phase = kDrain;
  uint64_t bytes = bytesIn - bytesBefore;
  uint64_t deadline = now + 2 * kSecond;
  while (inFlight > 0 && now < deadline)
    turn();
  for (int i = 0; i < options.connections; i++) {
    if (connections[i].fd >= 0)
      dropConnection(&connections[i]);
  }
  print(&from, &to, counted, bytes);
  return 0;
}
