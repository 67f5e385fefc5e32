// SPDX-License-Identifier: MIT
//
// See exchange_cells.h.
#include "exchange_cells.h"

#include "env_state.h"
#include "napi_util.h"

namespace addon {

namespace {

// exchangeCells(resource): Uint32Array. The array of this environment; the resource of the shared
// async context is the one that came with the first call.
napi_value exchangeCells(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  napi_value array = nullptr;
  if (state.cellsArray != nullptr) {
    napi_get_reference_value(env, state.cellsArray, &array);
    return array;
  }
  napi_value buffer = nullptr;
  void *memory = nullptr;
  napi_ref resource = nullptr;
  if (napi_create_arraybuffer(env, kCellCount * sizeof(uint32_t), &memory, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_uint32_array, kCellCount, buffer, 0, &array) != napi_ok ||
      napi_create_reference(env, arguments[0], 1, &resource) != napi_ok ||
      napi_create_reference(env, array, 1, &state.cellsArray) != napi_ok) {
    return nullptr;
  }
  state.cells = static_cast<uint32_t *>(memory);
  state.cells[kMessageSlot] = MessageBatch::kNobody;
  state.contexts.share(resource, &state.cells[kContextTouched]);
  return array;
}

} // namespace

void registerExchangeCells(napi_env env, napi_value exports) {
  defineFunction(env, exports, "exchangeCells", exchangeCells);
}

} // namespace addon
