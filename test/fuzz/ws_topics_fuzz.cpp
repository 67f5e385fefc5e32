// SPDX-License-Identifier: MIT
//
// Topics under arbitrary calls, also from inside deliveries, beside a model that keeps a list for
// everybody: each message reaches those who were subscribed when it was published, once and in
// order, unless they left before.
#include <ws/TopicTree.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace {

using uwk::ws::TopicTree;

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

constexpr size_t kSubscribers = 6;
constexpr size_t kTopics = 5;

class Program {
public:
  Program(const uint8_t *data, size_t size) : at_(data), end_(data + size) {
    for (Member &member : members_) {
      member.subscriber = std::make_unique<TopicTree::Subscriber>(&member);
    }
  }

  void run() {
    while (at_ != end_) {
      step();
    }
    tree_.deliverAll();
    for (const Member &member : members_) {
      require(member.due.empty(), "what was published was delivered");
    }
    for (Member &member : members_) {
      tree_.remove(*member.subscriber);
    }
    require(tree_.topics() == 0, "no topic is left without subscribers");
  }

private:
  struct Member {
    std::unique_ptr<TopicTree::Subscriber> subscriber;
    std::array<bool, kTopics> topics{};
    std::deque<uint32_t> due;
  };

  uint8_t take() { return at_ == end_ ? uint8_t{0} : *at_++; }
  static std::string nameOf(size_t topic) { return std::string(topic + 1, 't'); }

  void step() {
    const uint8_t what = take();
    const uint8_t which = take();
    Member &member = members_[which % kSubscribers];
    const size_t topic = (which >> 3) % kTopics;
    switch (what % 8) {
    case 0:
    case 1:
      require(tree_.subscribe(*member.subscriber, nameOf(topic)) == !member.topics[topic],
              "a subscription is new or not");
      member.topics[topic] = true;
      break;
    case 2:
      require(tree_.unsubscribe(*member.subscriber, nameOf(topic)) == member.topics[topic],
              "there was a subscription or not");
      member.topics[topic] = false;
      break;
    case 3:
    case 4:
      publish(topic, (what & 0x80) != 0 ? &member : nullptr);
      break;
    case 5:
      tree_.deliver(*member.subscriber);
      break;
    case 6:
      tree_.deliverAll();
      break;
    default:
      // What waits for somebody who leaves is dropped; it may come back.
      tree_.remove(*member.subscriber);
      member.topics = {};
      member.due.clear();
    }
    check();
  }

  void publish(size_t topic, Member *except) {
    if (next_ == 4000) {
      return;
    }
    const uint32_t id = next_++;
    size_t expected = 0;
    for (Member &member : members_) {
      if (member.topics[topic] && &member != except) {
        member.due.push_back(id);
        ++expected;
      }
    }
    TopicTree::Subscriber *left = except == nullptr ? nullptr : except->subscriber.get();
    require(tree_.reaches(nameOf(topic), left) == (expected != 0), "it reaches somebody or nobody");
    require(tree_.publish(nameOf(topic), left, id) == expected, "it reaches so many");
  }

  void deliver(TopicTree::Subscriber &subscriber, std::span<const TopicTree::MessageId> messages) {
    Member &member = *static_cast<Member *>(subscriber.owner);
    require(!messages.empty(), "a delivery has messages");
    for (const TopicTree::MessageId message : messages) {
      require(!member.due.empty() && member.due.front() == message, "in order, and once");
      member.due.pop_front();
    }
    // Two steps of the input, at most three deliveries deep.
    if (delivering_ < 3) {
      ++delivering_;
      step();
      step();
      --delivering_;
    }
  }

  void check() {
    for (size_t topic = 0; topic < kTopics; ++topic) {
      size_t count = 0;
      for (const Member &member : members_) {
        count += member.topics[topic] ? size_t{1} : size_t{0};
        require(tree_.isSubscribed(*member.subscriber, nameOf(topic)) == member.topics[topic],
                "who is subscribed");
      }
      require(tree_.subscribers(nameOf(topic)) == count, "how many are subscribed");
    }
  }

  const uint8_t *at_;
  const uint8_t *end_;
  std::array<Member, kSubscribers> members_;
  uint32_t next_ = 0;
  unsigned delivering_ = 0;
  TopicTree tree_{[](void *user, TopicTree::Subscriber &subscriber,
                     std::span<const TopicTree::MessageId> messages) {
                    static_cast<Program *>(user)->deliver(subscriber, messages);
                  },
                  this};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 4096) {
    return 0;
  }
  Program(data, size).run();
  return 0;
}
