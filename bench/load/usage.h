// SPDX-License-Identifier: MIT
// Owns the clocks: wall time, the CPU time of the watched server processes, and the share of time
// that the host took from the cores in use (steal). Knows nothing of HTTP or sockets.
// Process CPU clocks (clock_getcpuclockid) are utime+stime of all threads, dead ones included, to
// the nanosecond; /proc/PID/stat holds the same in ticks of 10 ms and only gives the split.
#ifndef BENCH_LOAD_USAGE_H
#define BENCH_LOAD_USAGE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { kWatchLimit = 64 };

struct Watch {
  pid_t pids[kWatchLimit];
  int count;
  int cpus[2]; // the server's core and the load's: the ones whose steal matters
};

struct Usage {
  uint64_t wall;
  uint64_t cpu; // nanoseconds, all watched processes
  uint64_t own; // nanoseconds, the load client itself
  uint64_t userTicks;
  uint64_t systemTicks;
  uint64_t steal; // ticks
  uint64_t ticks;
};

static inline uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void usageOfProcess(pid_t pid, struct Usage *usage) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &time) == 0) {
    usage->cpu += (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  }
  char path[64];
  char text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  // The command name may hold spaces and brackets: fields are counted from the last ')'.
  const char *at = strrchr(text, ')');
  unsigned long long user = 0;
  unsigned long long system = 0;
  if (at != NULL && sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
                           &system) == 2) {
    usage->userTicks += user;
    usage->systemTicks += system;
  }
}

static inline void usageOfCores(const struct Watch *watch, struct Usage *usage) {
  FILE *file = fopen("/proc/stat", "r");
  if (file == NULL)
    return;
  char line[512];
  while (fgets(line, sizeof line, file) != NULL && strncmp(line, "cpu", 3) == 0) {
    int cpu = -1;
    unsigned long long v[8] = {0};
    if (sscanf(line, "cpu%d %llu %llu %llu %llu %llu %llu %llu %llu", &cpu, &v[0], &v[1], &v[2],
               &v[3], &v[4], &v[5], &v[6], &v[7]) != 9) {
      continue;
    }
    if (cpu != watch->cpus[0] && cpu != watch->cpus[1])
      continue;
    for (int i = 0; i < 8; i++)
      usage->ticks += v[i];
    usage->steal += v[7];
  }
  fclose(file);
}

static inline struct Usage usageNow(const struct Watch *watch) {
  struct Usage usage;
  memset(&usage, 0, sizeof usage);
  for (int i = 0; i < watch->count; i++)
    usageOfProcess(watch->pids[i], &usage);
  usageOfCores(watch, &usage);
  struct timespec own;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
  usage.own = (uint64_t)own.tv_sec * 1000000000u + (uint64_t)own.tv_nsec;
  usage.wall = nanoseconds();
  return usage;
}

#endif
