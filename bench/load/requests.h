// SPDX-License-Identifier: MIT
// The bytes that connections send: variants of a request, each followed by the ones that are
// pipelined behind it.
#ifndef BENCH_LOAD_REQUESTS_H
#define BENCH_LOAD_REQUESTS_H

#include "options.h"
#include "response.h"

#include <stdint.h>

enum { kVariants = 4096 };

struct Variant {
  char *bytes; // this request and the ones after it, `pipeline` in all
  size_t length;
  size_t first; // length of this request alone
  bool head;
  struct HeadCache cache;
};

static struct Variant *variants;
static int variantCount;

// A request file holds one request variant after the other, each preceded by its length in
// decimal and a line feed, so that bodies may hold anything.
static void readRequests(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL)
    die(path);
  static char *single[kVariants];
  static size_t length[kVariants];
  while (variantCount < kVariants && fscanf(file, "%zu", &length[variantCount]) == 1) {
    if (fgetc(file) != '\n')
      die("bad request file");
    size_t size = length[variantCount];
    single[variantCount] = (char *)malloc(size + 1);
    if (fread(single[variantCount], 1, size, file) != size)
      die("short request file");
    variantCount++;
  }
  fclose(file);
  if (variantCount == 0)
    die("no request in the file");
  variants = (struct Variant *)calloc((size_t)variantCount, sizeof *variants);
  if (options.sockets && variantCount < 2)
    die("needs a handshake and a frame");
  for (int i = 0; i < variantCount; i++) {
    struct Variant *variant = &variants[i];
    variant->first = length[i];
    variant->head = strncmp(single[i], "HEAD ", 5) == 0;
    int step = options.sockets ? 0 : 1;
    for (int j = 0; j < options.pipeline; j++)
      variant->length += length[(i + j * step) % variantCount];
    char *at = variant->bytes = (char *)malloc(variant->length);
    for (int j = 0; j < options.pipeline; j++) {
      memcpy(at, single[(i + j * step) % variantCount], length[(i + j * step) % variantCount]);
      at += length[(i + j * step) % variantCount];
    }
  }
}

#endif
