// SPDX-License-Identifier: MIT
//
// Topics: who gets what, in which order, and what a delivery may do to everybody else.
#include <ws/TopicTree.h>

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace uwk::ws;

namespace {

using Subscriber = TopicTree::Subscriber;

struct Fixture {
  Fixture() {
    for (auto &one : subscribers) {
      one = std::make_unique<Subscriber>(this);
    }
  }
  Subscriber &operator[](size_t index) { return *subscribers[index]; }
  size_t indexOf(const Subscriber &subscriber) const {
    for (size_t i = 0; i < 4; ++i) {
      if (subscribers[i].get() == &subscriber) {
        return i;
      }
    }
    return 99;
  }

  std::vector<std::string> log; // "subscriber:message,message"
  std::function<void(Subscriber &)> onDelivery;
  std::unique_ptr<Subscriber> subscribers[4];
  TopicTree tree{[](void *user, Subscriber &subscriber, std::span<const uint32_t> messages) {
                   auto &self = *static_cast<Fixture *>(user);
                   std::string line = std::to_string(self.indexOf(subscriber)) + ":";
                   for (const uint32_t message : messages) {
                     line += std::to_string(message) + ",";
                   }
                   self.log.push_back(line);
                   if (self.onDelivery) {
                     self.onDelivery(subscriber);
                   }
                 },
                 this};
};

using Log = std::vector<std::string>;

} // namespace

TEST_CASE("subscriptions are counted once") {
  Fixture f;
  CHECK(f.tree.subscribe(f[0], "a"));
  CHECK(!f.tree.subscribe(f[0], "a"));
  CHECK(f.tree.subscribe(f[1], "a"));
  CHECK(f.tree.subscribe(f[0], "b"));
  CHECK(f.tree.subscribers("a") == 2);
  CHECK(f.tree.subscribers("none") == 0);
  CHECK(f.tree.isSubscribed(f[0], "b"));
  CHECK(!f.tree.isSubscribed(f[1], "b"));
  CHECK(f.tree.unsubscribe(f[0], "a"));
  CHECK(!f.tree.unsubscribe(f[0], "a"));
  CHECK(!f.tree.unsubscribe(f[0], "none"));
  CHECK(f.tree.subscribers("a") == 1);
  f.tree.remove(f[0]);
  f.tree.remove(f[1]);
  CHECK(f.tree.topics() == 0);
}

TEST_CASE("a turn's messages come together, in order, to each subscriber") {
  Fixture f;
  f.tree.subscribe(f[0], "a");
  f.tree.subscribe(f[1], "a");
  f.tree.subscribe(f[1], "b");
  CHECK(f.tree.publish("a", nullptr, 0) == 2);
  CHECK(f.tree.publish("b", nullptr, 1) == 1);
  CHECK(f.tree.publish("a", &f[0], 2) == 1);
  CHECK(f.tree.publish("none", nullptr, 3) == 0);
  CHECK(f.log.empty());
  f.tree.deliverAll();
  CHECK(f.log == Log{"0:0,", "1:0,1,2,"});
  f.tree.deliverAll();
  CHECK(f.log.size() == 2);
}

TEST_CASE("whether anybody is reached") {
  Fixture f;
  CHECK(!f.tree.reaches("a", nullptr));
  f.tree.subscribe(f[0], "a");
  CHECK(f.tree.reaches("a", nullptr));
  CHECK(!f.tree.reaches("a", &f[0]));
  CHECK(f.tree.reaches("a", &f[1]));
  f.tree.subscribe(f[1], "a");
  CHECK(f.tree.reaches("a", &f[0]));
}

TEST_CASE("a watcher hears of first and last subscribers") {
  Fixture f;
  f.tree.subscribe(f[0], "old");
  std::vector<std::string> heard;
  f.tree.watch(
      [](void *user, std::string_view topic, bool hasSubscribers) {
        static_cast<std::vector<std::string> *>(user)->push_back((hasSubscribers ? "+" : "-") +
                                                                 std::string{topic});
      },
      &heard);
  f.tree.subscribe(f[0], "a");
  f.tree.subscribe(f[0], "a");
  f.tree.subscribe(f[1], "a");
  f.tree.unsubscribe(f[0], "a");
  f.tree.unsubscribe(f[1], "a");
  f.tree.unsubscribe(f[1], "a");
  f.tree.subscribe(f[2], "a");
  f.tree.remove(f[2]);
  f.tree.remove(f[0]);
  CHECK(heard == Log{"+old", "+a", "-a", "+a", "-a", "-old"});
  f.tree.watch(nullptr, nullptr);
  f.tree.subscribe(f[0], "a");
  CHECK(heard.size() == 6);
  f.tree.remove(f[0]);
}

TEST_CASE("one subscriber may be served before the others") {
  Fixture f;
  f.tree.subscribe(f[0], "a");
  f.tree.subscribe(f[1], "a");
  f.tree.publish("a", nullptr, 0);
  f.tree.deliver(f[1]);
  f.tree.deliver(f[1]);
  f.tree.publish("a", nullptr, 1);
  f.tree.deliverAll();
  CHECK(f.log == Log{"1:0,", "0:0,1,", "1:1,"});
}

TEST_CASE("a delivery may end subscriptions, add some, publish and deliver") {
  Fixture f;
  for (size_t i = 0; i < 4; ++i) {
    f.tree.subscribe(f[i], "a");
  }
  f.tree.publish("a", nullptr, 0);
  bool once = true;
  f.onDelivery = [&](Subscriber &subscriber) {
    if (!std::exchange(once, false)) {
      return;
    }
    CHECK(f.indexOf(subscriber) == 0);
    f.tree.remove(f[1]); // has a message that waits
    f.tree.unsubscribe(f[2], "a");
    f.tree.subscribe(f[0], "b");
    f.tree.publish("b", nullptr, 1);
    f.tree.publish("a", nullptr, 2);
    f.tree.deliver(f[3]);
    f.tree.deliverAll();
  };
  f.tree.deliverAll();
  CHECK(f.log == Log{"0:0,", "3:0,2,", "2:0,", "0:1,2,"});
}

TEST_CASE("a subscriber may be destroyed in its own delivery") {
  Fixture f;
  f.tree.subscribe(f[0], "a");
  f.tree.subscribe(f[1], "a");
  f.onDelivery = [&](Subscriber &subscriber) {
    f.tree.remove(subscriber);
    if (f.indexOf(subscriber) == 0) {
      f.subscribers[0].reset();
    }
  };
  f.tree.publish("a", nullptr, 7);
  f.tree.deliverAll();
  CHECK(f.log == Log{"0:7,", "1:7,"});
  CHECK(f.tree.topics() == 0);
}

TEST_CASE("random traffic against a model") {
  constexpr size_t kSubscribers = 40;
  constexpr size_t kTopics = 12;
  struct World {
    std::map<const Subscriber *, std::vector<uint32_t>> got;
  } world;
  TopicTree tree(
      [](void *user, Subscriber &subscriber, std::span<const uint32_t> messages) {
        auto &got = static_cast<World *>(user)->got[&subscriber];
        got.insert(got.end(), messages.begin(), messages.end());
      },
      &world);
  std::deque<Subscriber> subscribers;
  std::vector<std::set<size_t>> topics(kTopics);
  std::map<const Subscriber *, std::vector<uint32_t>> expected;
  for (size_t i = 0; i < kSubscribers; ++i) {
    subscribers.emplace_back(nullptr);
  }
  std::mt19937 random(11);
  uint32_t next = 0;
  std::set<std::string, std::less<>> present; // as the watcher was told
  tree.watch(
      [](void *user, std::string_view topic, bool hasSubscribers) {
        auto &names = *static_cast<std::set<std::string, std::less<>> *>(user);
        REQUIRE(
            (hasSubscribers ? names.emplace(topic).second : names.erase(std::string{topic}) == 1));
      },
      &present);
  for (int step = 0; step < 60'000; ++step) {
    const size_t who = random() % kSubscribers;
    const size_t where = random() % kTopics;
    const std::string name = "topic" + std::to_string(where);
    Subscriber &subscriber = subscribers[who];
    switch (random() % 8) {
    case 0:
    case 1:
      REQUIRE(tree.subscribe(subscriber, name) == topics[where].insert(who).second);
      break;
    case 2:
      REQUIRE(tree.unsubscribe(subscriber, name) == (topics[where].erase(who) == 1));
      break;
    case 3:
      if (random() % 10 == 0) {
        // What waits for it is dropped.
        tree.deliver(subscriber);
        tree.remove(subscriber);
        for (auto &members : topics) {
          members.erase(who);
        }
      }
      break;
    case 4:
      tree.deliver(subscriber);
      break;
    case 5:
      tree.deliverAll();
      REQUIRE(world.got == expected);
      break;
    default: {
      const Subscriber *except = random() % 2 == 0 ? &subscriber : nullptr;
      size_t count = 0;
      for (const size_t member : topics[where]) {
        if (&subscribers[member] != except) {
          expected[&subscribers[member]].push_back(next);
          ++count;
        }
      }
      REQUIRE(tree.reaches(name, except) == (count != 0));
      REQUIRE(tree.publish(name, except, next++) == count);
    }
    }
    REQUIRE(tree.subscribers(name) == topics[where].size());
    REQUIRE(present.count(name) == (topics[where].empty() ? 0 : 1));
  }
  for (Subscriber &subscriber : subscribers) {
    tree.remove(subscriber);
  }
  CHECK(tree.topics() == 0);
}
