// SPDX-License-Identifier: MIT
// The floor: the least a server can do. Bare epoll, one recv and one send a turn, requests are
// counted by their blank line and answered with canned bytes. It checks nothing, routes nothing
// and is no server to use: it shows what the kernel's TCP alone costs on this machine.
// A request may arrive in pieces (four bytes are remembered), pipelined requests share one send,
// and "Connection: close" is obeyed when it is the first request's of a read.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBufferSize = 65536, kEvents = 1024, kConnections = 65536, kBatch = 512 };

static const char kAnswer[] = "HTTP/1.1 200 OK\r\n"
                              "Content-Type: text/plain;charset=utf-8\r\n"
                              "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                              "Content-Length: 4\r\n"
                              "\r\n"
                              "Bun!";

static char in[kBufferSize + 4];
static char out[kBatch * (sizeof kAnswer - 1)];
static uint8_t tails[kConnections][4]; // the last bytes of an unfinished head, by descriptor
static uint8_t tailLengths[kConnections];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static bool sendAll(int fd, size_t length) {
  size_t sent = 0;
  while (sent < length) {
    ssize_t count = send(fd, out + sent, length - sent, MSG_NOSIGNAL);
    if (count > 0)
      sent += (size_t)count;
    else if (count < 0 && errno != EAGAIN && errno != EINTR)
      return false;
  }
  return true;
}

static void serveReadable(int fd) {
  size_t before = tailLengths[fd];
  memcpy(in, tails[fd], before);
  ssize_t count = recv(fd, in + before, kBufferSize, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count <= 0) {
    close(fd);
    return;
  }
  const char *at = in;
  const char *end = in + before + count;
  size_t requests = 0;
  bool closing = false;
  for (;;) {
    const char *blank = (const char *)memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
    if (blank == NULL)
      break;
    if (requests == 0) {
      closing = memmem(at, (size_t)(blank - at), "Connection: close", 17) != NULL;
    }
    at = blank + 4;
    if (++requests == kBatch) {
      if (!sendAll(fd, sizeof out))
        break;
      requests = 0;
    }
  }
  size_t rest = (size_t)(end - at);
  tailLengths[fd] = (uint8_t)(rest < 3 ? rest : 3);
  memcpy(tails[fd], end - tailLengths[fd], tailLengths[fd]);
  bool alive = requests == 0 || sendAll(fd, requests * (sizeof kAnswer - 1));
  if (closing || !alive)
    close(fd);
}

static int listenOn(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
    die("bind");
  if (listen(fd, 4096) != 0)
    die("listen");
  return fd;
}

int main(int argc, char **argv) {
  const char *app = argc > 1 ? argv[1] : "text";
  // Exit status 64 says: this contestant does not offer that app.
  if (strcmp(app, "static") != 0 && strcmp(app, "text") != 0)
    return 64;
  const char *port = getenv("BENCH_PORT");
  int listener = listenOn(port == NULL ? 0 : atoi(port));
  for (size_t i = 0; i < kBatch; i++) {
    memcpy(out + i * (sizeof kAnswer - 1), kAnswer, sizeof kAnswer - 1);
  }
  int poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  static struct epoll_event events[kEvents];
  for (;;) {
    int count = epoll_wait(poller, events, kEvents, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        serveReadable(fd);
        continue;
      }
      int accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0)
        continue;
      if (accepted >= kConnections) {
        close(accepted);
        continue;
      }
      int one = 1;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      tailLengths[accepted] = 0;
      event = (struct epoll_event){.events = EPOLLIN, .data = {.fd = accepted}};
      epoll_ctl(poller, EPOLL_CTL_ADD, accepted, &event);
    }
  }
}
