// SPDX-License-Identifier: MIT
// The command line of the load client. A client has one, so that it is a variable; whoever is wrong
// about it ends the program.
#ifndef BENCH_LOAD_OPTIONS_H
#define BENCH_LOAD_OPTIONS_H

#include "secure.h"
#include "usage.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Options {
  const char *unixPath;
  int port;
  int connections;
  int pipeline;
  int status;
  int cpu;
  bool closing;  // a new connection for every request
  bool hold;     // one request a connection, then keep them all open until stdin ends
  bool sleeping; // block in epoll_wait, as ordinary tools do
  bool discard;  // let the kernel drop large bodies instead of copying them out
  bool sockets;  // the first variant asks for a WebSocket, the second one is a frame
  bool fanout;   // ... which one connection sends, and all of them get
  double seconds;
  double lead;
  struct Watch watch;
};

static struct Options options = {.connections = 64,
                                 .pipeline = 1,
                                 .status = 200,
                                 .cpu = -1,
                                 .seconds = 1,
                                 .lead = 0.1,
                                 .watch = {.cpus = {0, 1}}};

static void die(const char *what) {
  fprintf(stderr, "load: %s%s%s\n", what, errno != 0 ? ": " : "",
          errno != 0 ? strerror(errno) : "");
  exit(2);
}

// Returns the name of the file with the requests.
static const char *readOptions(int argc, char **argv) {
  const char *requests = NULL;
  errno = 0;
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--close") == 0)
      options.closing = true;
    else if (strcmp(name, "--hold") == 0)
      options.hold = true;
    else if (strcmp(name, "--sleep") == 0)
      options.sleeping = true;
    else if (strcmp(name, "--discard") == 0)
      options.discard = true;
#ifdef LOAD_TLS
    else if (strcmp(name, "--tls") == 0)
      secureBegin(false);
    else if (strcmp(name, "--tls-resumed") == 0)
      secureBegin(true);
#endif
    else if (strcmp(name, "--sockets") == 0)
      options.sockets = true;
    else if (strcmp(name, "--fanout") == 0)
      options.fanout = true;
    else if (i + 1 >= argc)
      die("an option lacks its value");
    else {
      const char *value = argv[++i];
      if (strcmp(name, "--port") == 0)
        options.port = atoi(value);
      else if (strcmp(name, "--unix") == 0)
        options.unixPath = value;
      else if (strcmp(name, "--requests") == 0)
        requests = value;
      else if (strcmp(name, "--connections") == 0)
        options.connections = atoi(value);
      else if (strcmp(name, "--pipeline") == 0)
        options.pipeline = atoi(value);
      else if (strcmp(name, "--status") == 0)
        options.status = atoi(value);
      else if (strcmp(name, "--seconds") == 0)
        options.seconds = atof(value);
      else if (strcmp(name, "--lead") == 0)
        options.lead = atof(value);
      else if (strcmp(name, "--cpu") == 0)
        options.watch.cpus[1] = options.cpu = atoi(value);
      else if (strcmp(name, "--server-cpu") == 0)
        options.watch.cpus[0] = atoi(value);
      else if (strcmp(name, "--watch") == 0) {
        if (options.watch.count == kWatchLimit)
          die("too many processes to watch");
        options.watch.pids[options.watch.count++] = atoi(value);
      } else
        die(name);
    }
  }
  if (requests == NULL || (options.port == 0 && options.unixPath == NULL)) {
    die("needs --requests FILE and --port N or --unix PATH");
  }
  if (options.connections < 1 || options.pipeline < 1)
    die("needs at least one connection");
  return requests;
}

#endif
