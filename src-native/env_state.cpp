// SPDX-License-Identifier: MIT
//
// Creation and teardown of an environment's state.
#include "env_state.h"

#include "napi_util.h"

#include <uv.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace addon {

namespace {

// BUNSERVE_BACKEND=portable selects one uv_poll per socket: the path of systems without epoll,
// kept working by tests.
usk::Backend chosenBackend() {
  const char *name = std::getenv("BUNSERVE_BACKEND");
  return name != nullptr && std::strcmp(name, "portable") == 0 ? usk::Backend::PerSocket
                                                               : usk::Backend::Nested;
}

void finishTeardown(void *user) {
  auto *state = static_cast<EnvState *>(user);
  napi_async_cleanup_hook_handle hook = state->cleanupHook;
  delete state;
  napi_remove_async_cleanup_hook(hook);
}

// Runs when the environment goes away (worker terminated, process ending). Sockets close without
// JavaScript hearing of it.
void teardown(napi_async_cleanup_hook_handle, void *user) {
  auto *state = static_cast<EnvState *>(user);
  state->closing = true;
  state->contexts.destroy(state->env);
  if (state->loop == nullptr) {
    finishTeardown(state);
    return;
  }
  for (auto &slot : state->servers) {
    if (slot.server != nullptr) {
      slot.server->server->stop(true);
    }
  }
  state->loop->destroy(finishTeardown, state);
}

} // namespace

void EnvState::create(napi_env env) {
  auto *state = new EnvState(env);
  state->scratch.resize(64 * 1024);
  state->units.resize(32 * 1024);
  napi_value holder = nullptr;
  napi_create_object(env, &holder);
  napi_create_reference(env, holder, 1, &state->holder);
  napi_set_instance_data(env, state, nullptr, nullptr);
  napi_add_async_cleanup_hook(env, teardown, state, &state->cleanupHook);
}

EnvState &EnvState::of(napi_env env) {
  void *data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<EnvState *>(data);
}

usk::Loop *EnvState::ensureLoop() {
  if (loop != nullptr) {
    return loop;
  }
  usk::LoopOptions options;
  options.backend = chosenBackend();
  if (napi_get_uv_event_loop(env, &options.uvLoop) != napi_ok) {
    napi_throw_error(env, "ERR_BUNSERVE_LOOP", "This environment has no event loop");
    return nullptr;
  }
  usk::SystemError error;
  loop = usk::Loop::create(options, error);
  if (loop == nullptr) {
    std::string message = std::string("Cannot create the event loop: ") + error.syscall + ": " +
                          std::strerror(error.code);
    napi_throw_error(env, "ERR_BUNSERVE_LOOP", message.c_str());
    return nullptr;
  }
  loop->onTurnEnd(
      [](void *user) {
        auto *state = static_cast<EnvState *>(user);
        state->messages.flush(*state);
        state->batch.flush(*state);
      },
      this);
  return loop;
}

NativeServer *EnvState::server(uint32_t id) {
  uint32_t index = id % kMaxServers;
  NativeServer *found = index < servers.size() ? servers[index].server.get() : nullptr;
  return found != nullptr && found->id == id ? found : nullptr;
}

bool EnvState::addServer(std::unique_ptr<NativeServer> server) {
  auto free = std::find_if(servers.begin(), servers.end(),
                           [](const ServerSlot &slot) { return slot.server == nullptr; });
  if (free == servers.end()) {
    if (servers.size() == kMaxServers) {
      return false;
    }
    free = servers.emplace(free);
  }
  auto index = static_cast<uint32_t>(free - servers.begin());
  server->id = (uint32_t{++free->uses} * kMaxServers) + index;
  free->server = std::move(server);
  return true;
}

void EnvState::removeServer(uint32_t id) { servers[id % kMaxServers].server.reset(); }

uwk::Exchange *findExchange(EnvState &state, napi_value handle) {
  auto number = static_cast<uwk::ExchangeHandle>(readNumber(state.env, handle));
  return state.loop == nullptr ? nullptr : uwk::Exchange::find(*state.loop, number);
}

} // namespace addon
