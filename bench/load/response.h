// SPDX-License-Identifier: MIT
// Owns the framing of HTTP/1.1 responses on one connection: where a response ends and what its
// status is. It never looks at a body and knows nothing of sockets, timing or statistics.
// Only what the load client needs: Content-Length, chunked, no body, or body until end of stream
// (RFC 9112 6.3). A head seen before on the same request variant is recognised by comparing its
// bytes, so that the client stays cheaper than the fastest server at pipelining.
#ifndef BENCH_LOAD_RESPONSE_H
#define BENCH_LOAD_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { kHeadLimit = 65536, kHeadCacheLimit = 1024 };

enum ResponseState {
  kResponseHead,
  kResponseBody,
  kResponseChunkSize,
  kResponseChunkData,
  kResponseChunkEnd,
  kResponseTrailer,
  kResponseUntilEnd
};

enum ResponseResult { kResponseMore, kResponseDone, kResponseBroken };

// The last head of one request variant, with the framing that followed from it.
struct HeadCache {
  uint32_t length;
  int status;
  uint64_t bodyLength;
  char bytes[kHeadCacheLimit];
};

struct Response {
  enum ResponseState state;
  int status;
  uint64_t left;    // bytes of body or chunk still to come
  uint32_t matched; // length of the current line while in chunk sizes and trailers
  char *stash;      // the beginning of a head that arrived in pieces
  uint32_t stashed;
};

static inline void responseReset(struct Response *response) {
  response->state = kResponseHead;
  response->left = 0;
  response->matched = 0;
  response->stashed = 0;
}

static inline int hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

static inline bool lineIs(const char *line, const char *end, const char *name) {
  size_t length = strlen(name);
  return (size_t)(end - line) > length && strncasecmp(line, name, length) == 0;
}

// Reads the framing out of a complete head. `noBody` is true for the answer to a HEAD request.
static inline enum ResponseResult responseHead(struct Response *response, const char *head,
                                               size_t length, bool noBody,
                                               struct HeadCache *cache) {
  if (length < 13 || memcmp(head, "HTTP/1.", 7) != 0)
    return kResponseBroken;
  int status = 0;
  for (int i = 9; i < 12; i++) {
    if (head[i] < '0' || head[i] > '9')
      return kResponseBroken;
    status = status * 10 + (head[i] - '0');
  }
  bool chunked = false;
  bool hasLength = false;
  uint64_t bodyLength = 0;
  const char *end = head + length - 2;
  const char *line = (const char *)memchr(head, '\n', length) + 1;
  while (line < end) {
    const char *next = (const char *)memchr(line, '\n', (size_t)(head + length - line));
    if (lineIs(line, next, "content-length:")) {
      const char *digit = line + 15;
      while (digit < next && (*digit == ' ' || *digit == '\t'))
        digit++;
      for (bodyLength = 0; *digit >= '0' && *digit <= '9'; digit++) {
        bodyLength = bodyLength * 10 + (uint64_t)(*digit - '0');
      }
      hasLength = true;
    } else if (lineIs(line, next, "transfer-encoding:")) {
      chunked = memmem(line, (size_t)(next - line), "chunked", 7) != NULL;
    }
    line = next + 1;
  }
  response->status = status;
  response->matched = 0;
  if (noBody || status == 204 || status == 304 || (status >= 100 && status < 200)) {
    bodyLength = 0;
    chunked = false;
    hasLength = true;
  }
  if (chunked) {
    response->state = kResponseChunkSize;
    response->left = 0;
    return kResponseMore;
  }
  if (!hasLength) {
    response->state = kResponseUntilEnd;
    return kResponseMore;
  }
  if (length <= kHeadCacheLimit) {
    memcpy(cache->bytes, head, length);
    cache->length = (uint32_t)length;
    cache->status = status;
    cache->bodyLength = bodyLength;
  }
  response->left = bodyLength;
  response->state = kResponseBody;
  return bodyLength == 0 ? kResponseDone : kResponseMore;
}

// Takes bytes of a head; sets *used to how many of them belong to it.
static inline enum ResponseResult responseTakeHead(struct Response *response, const char *data,
                                                   size_t length, size_t *used, bool noBody,
                                                   struct HeadCache *cache) {
  if (response->stashed == 0) {
    if (cache->length != 0 && length >= cache->length &&
        memcmp(data, cache->bytes, cache->length) == 0) {
      *used = cache->length;
      response->status = cache->status;
      response->left = cache->bodyLength;
      response->state = kResponseBody;
      return response->left == 0 ? kResponseDone : kResponseMore;
    }
    const char *end = (const char *)memmem(data, length, "\r\n\r\n", 4);
    if (end != NULL) {
      *used = (size_t)(end - data) + 4;
      return responseHead(response, data, *used, noBody, cache);
    }
  }
  if (response->stash == NULL)
    response->stash = (char *)malloc(kHeadLimit);
  size_t before = response->stashed;
  size_t take = length < kHeadLimit - before ? length : kHeadLimit - before;
  memcpy(response->stash + before, data, take);
  response->stashed = (uint32_t)(before + take);
  size_t from = before < 3 ? 0 : before - 3;
  const char *end =
      (const char *)memmem(response->stash + from, response->stashed - from, "\r\n\r\n", 4);
  if (end == NULL) {
    *used = take;
    return response->stashed == kHeadLimit ? kResponseBroken : kResponseMore;
  }
  size_t headLength = (size_t)(end - response->stash) + 4;
  *used = headLength - before;
  response->stashed = 0;
  return responseHead(response, response->stash, headLength, noBody, cache);
}

// One byte of chunked framing (everything but the data itself).
static inline enum ResponseResult responseChunkByte(struct Response *response, char c) {
  switch (response->state) {
  case kResponseChunkSize:
    if (c == '\n') {
      response->matched = 0;
      response->state = response->left == 0 ? kResponseTrailer : kResponseChunkData;
    } else if (response->matched == 0 && hexDigit(c) >= 0) {
      response->left = response->left * 16 + (uint64_t)hexDigit(c);
    } else {
      response->matched = 1;
    }
    return kResponseMore;
  case kResponseChunkEnd:
    if (c == '\n')
      response->state = kResponseChunkSize;
    return kResponseMore;
  default:
    if (c == '\n') {
      if (response->matched == 0)
        return kResponseDone;
      response->matched = 0;
    } else if (c != '\r') {
      response->matched++;
    }
    return kResponseMore;
  }
}

// Consumes bytes up to the end of one response at most; *used says how many.
static inline enum ResponseResult responseTake(struct Response *response, const char *data,
                                               size_t length, size_t *used, bool noBody,
                                               struct HeadCache *cache) {
  size_t at = 0;
  while (at < length) {
    enum ResponseResult result = kResponseMore;
    size_t taken = 1;
    if (response->state == kResponseHead) {
      result = responseTakeHead(response, data + at, length - at, &taken, noBody, cache);
      if (result == kResponseDone && response->status < 200 && response->status != 101) {
        // An interim response (100, 103) announces the real one.
        responseReset(response);
        result = kResponseMore;
      }
    } else if (response->state == kResponseBody || response->state == kResponseChunkData) {
      taken = length - at < response->left ? length - at : (size_t)response->left;
      response->left -= taken;
      if (response->left == 0) {
        if (response->state == kResponseBody) {
          result = kResponseDone;
        } else {
          response->state = kResponseChunkEnd;
        }
      }
    } else if (response->state == kResponseUntilEnd) {
      taken = length - at;
    } else {
      result = responseChunkByte(response, data[at]);
    }
    at += taken;
    if (result != kResponseMore) {
      *used = at;
      return result;
    }
  }
  *used = at;
  return kResponseMore;
}

#endif
