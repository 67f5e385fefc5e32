// SPDX-License-Identifier: MIT
//
// Who hears of what. Publishing renders nothing per subscriber: a message is kept once, and its
// number is noted with everybody who gets it; what gathered during a turn is delivered at its end,
// subscriber by subscriber, in the order in which it was published. Knows neither sockets nor
// frames. Nothing is called back while publishing, so there is nothing to be re-entered; a delivery
// may subscribe, unsubscribe, publish and remove any subscriber.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace uwk::ws {

class TopicTree {
public:
  struct Topic;
  // Where two lists know each other's places, leaving is two moves.
  struct Membership {
    Topic *topic;
    size_t place; // in Topic::members
  };
  using MessageId = uint32_t;

  struct Subscriber {
    explicit Subscriber(void *subscriberOwner) : owner(subscriberOwner) {}
    void *owner;
    std::vector<Membership> topics; // in the order of subscription
    std::vector<MessageId> waiting; // messages to be delivered
    size_t place = kNowhere;        // among those that wait
  };

  struct Topic {
    std::string name;
    std::vector<Subscriber *> members;
  };

  // Delivers messages to a subscriber, which may be gone afterwards.
  using Deliver = void (*)(void *user, Subscriber &subscriber, std::span<const MessageId> messages);

  // A topic got its first subscriber, or lost its last one. Must not call the tree.
  using Watch = void (*)(void *user, std::string_view topic, bool hasSubscribers);

  TopicTree(Deliver function, void *user) : deliver_(function), user_(user) {}
  TopicTree(const TopicTree &) = delete;
  TopicTree &operator=(const TopicTree &) = delete;

  // Topics that are there already are reported at once. One watcher; null for none.
  void watch(Watch function, void *user);

  // True when the subscription is new.
  bool subscribe(Subscriber &subscriber, std::string_view topic);
  // False when there was no subscription.
  bool unsubscribe(Subscriber &subscriber, std::string_view topic);
  [[nodiscard]] bool isSubscribed(const Subscriber &subscriber, std::string_view topic) const;
  [[nodiscard]] size_t subscribers(std::string_view topic) const;
  [[nodiscard]] size_t topics() const { return topics_.size(); }
  // Visits the subscribers of a topic until `visit` returns false.
  void forEachMember(std::string_view topic, bool (*visit)(void *user, const Subscriber &member),
                     void *user) const;
  // Ends all subscriptions; what waits for it is dropped.
  void remove(Subscriber &subscriber);

  // Whether a message to `topic` would reach anybody but `except` (which may be null).
  [[nodiscard]] bool reaches(std::string_view topic, const Subscriber *except) const;
  // Notes message `id` for every subscriber of `topic` but `except`; returns how many these are.
  size_t publish(std::string_view topic, const Subscriber *except, MessageId id);

  // Delivers what waits for one subscriber, or for all: also what is published meanwhile.
  void deliver(Subscriber &subscriber);
  void deliverAll();
  [[nodiscard]] bool isDelivering() const { return delivering_ != 0; }

private:
  static constexpr size_t kNowhere = SIZE_MAX;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  [[nodiscard]] Topic *find(std::string_view name) const;
  [[nodiscard]] static size_t placeIn(const Subscriber &subscriber, const Topic *topic);
  void leave(Subscriber &subscriber, size_t index);
  void unqueue(Subscriber &subscriber);
  void serve(Subscriber &subscriber);

  Deliver deliver_;
  void *user_;
  Watch watch_ = nullptr;
  void *watcher_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Topic>, Hash, std::equal_to<>> topics_;
  // Those with messages, in the order of their first one; null where one was served.
  std::vector<Subscriber *> queue_;
  size_t waiting_ = 0;
  unsigned delivering_ = 0;      // deliveries on the stack
  bool draining_ = false;        // deliverAll() is among them
  std::vector<MessageId> spare_; // memory that goes from subscriber to subscriber
};

} // namespace uwk::ws
