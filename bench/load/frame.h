// SPDX-License-Identifier: MIT
// Where a WebSocket frame of a server ends (RFC 6455 5.2). Payloads are never looked at.
#ifndef BENCH_LOAD_FRAME_H
#define BENCH_LOAD_FRAME_H

#include "response.h"

enum { kFrameHead = 10 };

struct Frame {
  unsigned char head[kFrameHead];
  uint32_t have;
  bool inPayload;
  uint64_t left;
};

static inline void frameReset(struct Frame *frame) {
  frame->have = 0;
  frame->inPayload = false;
  frame->left = 0;
}

// Consumes bytes up to the end of one frame at most; *used says how many.
static inline enum ResponseResult frameTake(struct Frame *frame, const char *data, size_t length,
                                            size_t *used) {
  size_t at = 0;
  while (!frame->inPayload) {
    if (at == length) {
      *used = at;
      return kResponseMore;
    }
    frame->head[frame->have++] = (unsigned char)data[at++];
    if (frame->have < 2)
      continue;
    unsigned marker = frame->head[1];
    if (marker > 127)
      return kResponseBroken;
    unsigned wide = marker == 127 ? 8 : marker == 126 ? 2 : 0;
    if (frame->have < 2 + wide)
      continue;
    frame->left = wide == 0 ? marker : 0;
    for (unsigned i = 0; i < wide; i++)
      frame->left = frame->left << 8 | frame->head[2 + i];
    frame->inPayload = true;
  }
  size_t taken = length - at < frame->left ? length - at : (size_t)frame->left;
  frame->left -= taken;
  *used = at + taken;
  if (frame->left != 0)
    return kResponseMore;
  frameReset(frame);
  return kResponseDone;
}

#endif
