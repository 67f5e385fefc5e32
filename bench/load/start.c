// SPDX-License-Identifier: MIT
// Owns one figure: the time from starting a server's process to its first whole answer. Starts the
// command pinned to one core, tries to connect without pause from another, sends one request,
// prints {"micros":N} and ends the server. Knows nothing of which server that is.
#define _GNU_SOURCE
#include "response.h"
#include "usage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const uint64_t kLimit = 30u * 1000000000u;
static pid_t child;

static void finish(int status, const char *what) {
  if (child > 0) {
    kill(-child, SIGKILL); // and whatever it has started
    waitpid(child, NULL, 0);
  }
  if (what != NULL)
    fprintf(stderr, "start: %s\n", what);
  exit(status);
}

static void onSignal(int signal) {
  if (child > 0)
    kill(-child, SIGKILL);
  _exit(128 + signal);
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((size_t)cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

// Connects as soon as somebody listens.
static int connectWhenOpen(int port, uint64_t deadline) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  while (nanoseconds() < deadline) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
      return fd;
    close(fd);
    if (waitpid(child, NULL, WNOHANG) == child)
      finish(3, "the server ended before it answered");
    uint64_t until = nanoseconds() + 20000;
    while (nanoseconds() < until)
      continue;
  }
  finish(3, "nobody listens");
  return -1;
}

static void readAnswer(int fd) {
  static struct Response response;
  static struct HeadCache cache;
  static char buffer[65536];
  struct timeval limit = {.tv_sec = 10};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  for (;;) {
    ssize_t count = recv(fd, buffer, sizeof buffer, 0);
    if (count <= 0)
      finish(3, "no whole answer");
    size_t used;
    enum ResponseResult result =
        responseTake(&response, buffer, (size_t)count, &used, false, &cache);
    if (result == kResponseBroken)
      finish(3, "not HTTP");
    if (result == kResponseDone)
      break;
  }
  if (response.status != 200)
    finish(3, "the status is not 200");
}

int main(int argc, char **argv) {
  int port = 0;
  int serverCpu = -1;
  const char *request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  int at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    if (strcmp(argv[at], "--port") == 0)
      port = atoi(argv[at + 1]);
    else if (strcmp(argv[at], "--server-cpu") == 0)
      serverCpu = atoi(argv[at + 1]);
    else if (strcmp(argv[at], "--cpu") == 0)
      pin(atoi(argv[at + 1]));
    else
      finish(2, "unknown option");
  }
  if (port == 0 || at + 1 >= argc)
    finish(2, "needs --port N and -- COMMAND");
  // The terminal's signals do not reach another group.
  signal(SIGINT, onSignal);
  signal(SIGTERM, onSignal);
  uint64_t from = nanoseconds();
  child = fork();
  if (child == 0) {
    if (serverCpu >= 0)
      pin(serverCpu);
    setpgid(0, 0);
    execvp(argv[at + 1], argv + at + 1);
    _exit(127);
  }
  setpgid(child, child); // whoever comes first
  int fd = connectWhenOpen(port, from + kLimit);
  if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
    finish(3, "cannot send");
  readAnswer(fd);
  printf("{\"micros\":%.1f}\n", (double)(nanoseconds() - from) / 1000);
  fflush(stdout);
  finish(0, NULL);
}
