// SPDX-License-Identifier: MIT
//
// The native server without Node, as a contestant for the load client of bench/: the apps `static`,
// `text` and `user` of bench/servers, on the port in BENCH_PORT or one of the system's choice,
// which it prints. What the addon costs above this is JavaScript and its binding.
#include <uwk/Server.h>

#include <usk/loop.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace {

// Exit status 64 says: this contestant does not offer that app.
constexpr int kNotOffered = 64;
constexpr std::string_view kText = "Bun!";
constexpr std::string_view kTextFields = "Content-Type: text/plain;charset=utf-8\r\n";
constexpr std::string_view kJsonFields = "Content-Type: application/json;charset=utf-8\r\n";
constexpr uint32_t kUserRoute = 1;

void onRequest(void *, const uwk::RequestEvent &event) {
  uwk::ResponseHead head;
  uwk::ResponseBody body;
  char json[256];
  if (event.route == kUserRoute) {
    const std::string_view id = event.match.param(0);
    const int size = std::snprintf(json, sizeof json, "{\"id\":\"%.*s\",\"ok\":true}",
                                   static_cast<int>(id.size() < 200 ? id.size() : 200), id.data());
    head.fields = kJsonFields;
    body.bytes = {json, static_cast<size_t>(size)};
  } else {
    head.fields = kTextFields;
    body.bytes = kText;
  }
  event.exchange.respond(head, body);
}

std::unique_ptr<const uwk::RouteTable> routesOf(std::string_view app) {
  auto table = std::make_unique<uwk::RouteTable>();
  uwk::RouteError error = uwk::RouteError::None;
  if (app == "static") {
    uwk::StaticRoute route;
    route.fields = kTextFields;
    route.body = kText;
    error = table->addStatic(uwk::kAnyMethod, "/", route);
  } else if (app == "user") {
    error = table->addHandler(uwk::kAnyMethod, "/users/:id", kUserRoute);
  } else if (app != "text") {
    std::exit(kNotOffered);
  }
  if (error != uwk::RouteError::None) {
    std::exit(1);
  }
  table->freeze();
  return table;
}

} // namespace

int main(int argc, char **argv) {
  const std::string_view app = argc > 1 ? argv[1] : "text";
  usk::SystemError error;
  usk::Loop *loop = usk::Loop::create({}, error);
  if (loop == nullptr) {
    std::fprintf(stderr, "%s: %s\n", error.syscall, std::strerror(error.code));
    return 1;
  }
  uwk::ServerOptions options;
  options.hasFallback = app == "text";
  options.idleTimeoutSeconds = std::getenv("BENCH_IDLE") != nullptr ? 120 : 10;
  uwk::ServerHandlers handlers;
  handlers.onRequest = onRequest;
  handlers.onBody = [](void *, uwk::Exchange &, uwk::BodyState) {};
  handlers.onWritable = [](void *, uwk::Exchange &) {};
  handlers.onAborted = [](void *, uwk::Exchange &) {};
  handlers.onEnded = [](void *, uwk::ExchangeHandle, void *) {};
  handlers.onStopped = [](void *) {};
  uwk::Server server(*loop, options, handlers);
  server.setRoutes(routesOf(app), options.hasFallback);

  const char *port = std::getenv("BENCH_PORT");
  usk::ListenOptions listen;
  listen.host = "127.0.0.1";
  listen.port = static_cast<uint16_t>(port == nullptr ? 0 : std::atoi(port));
  const usk::Listener *listener = server.listen(listen, error);
  if (listener == nullptr) {
    std::fprintf(stderr, "%s: %s\n", error.syscall, std::strerror(error.code));
    return 1;
  }
  std::printf("%u\n", static_cast<unsigned>(listener->port()));
  std::fflush(stdout);
  loop->run(); // until it is killed
  return 0;
}
