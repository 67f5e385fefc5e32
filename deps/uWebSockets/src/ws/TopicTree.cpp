// SPDX-License-Identifier: MIT
//
// See TopicTree.h.
#include "TopicTree.h"

#include <utility>

namespace uwk::ws {

TopicTree::Topic *TopicTree::find(std::string_view name) const {
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second.get();
}

size_t TopicTree::placeIn(const Subscriber &subscriber, const Topic *topic) {
  for (size_t i = 0; i < subscriber.topics.size(); ++i) {
    if (subscriber.topics[i].topic == topic) {
      return i;
    }
  }
  return kNowhere;
}

void TopicTree::watch(Watch function, void *user) {
  watch_ = function;
  watcher_ = user;
  if (watch_ != nullptr) {
    for (const auto &[name, topic] : topics_) {
      watch_(watcher_, name, true);
    }
  }
}

bool TopicTree::subscribe(Subscriber &subscriber, std::string_view name) {
  Topic *topic = find(name);
  if (topic == nullptr) {
    auto made = std::make_unique<Topic>();
    topic = made.get();
    topic->name = name;
    topics_.emplace(topic->name, std::move(made));
    if (watch_ != nullptr) {
      watch_(watcher_, name, true);
    }
  } else if (placeIn(subscriber, topic) != kNowhere) {
    return false;
  }
  subscriber.topics.push_back({topic, topic->members.size()});
  topic->members.push_back(&subscriber);
  return true;
}

bool TopicTree::unsubscribe(Subscriber &subscriber, std::string_view name) {
  const Topic *topic = find(name);
  const size_t index = topic == nullptr ? kNowhere : placeIn(subscriber, topic);
  if (index == kNowhere) {
    return false;
  }
  leave(subscriber, index);
  subscriber.topics.erase(subscriber.topics.begin() + static_cast<ptrdiff_t>(index));
  return true;
}

// Takes the subscriber off the topic's list; the entry of its own list is the caller's.
void TopicTree::leave(Subscriber &subscriber, size_t index) {
  const auto [topic, place] = subscriber.topics[index];
  Subscriber *moved = topic->members.back();
  topic->members[place] = moved;
  topic->members.pop_back();
  if (moved != &subscriber) {
    moved->topics[placeIn(*moved, topic)].place = place;
  }
  if (topic->members.empty()) {
    if (watch_ != nullptr) {
      watch_(watcher_, topic->name, false);
    }
    topics_.erase(topics_.find(std::string_view{topic->name}));
  }
}

bool TopicTree::isSubscribed(const Subscriber &subscriber, std::string_view name) const {
  const Topic *topic = find(name);
  return topic != nullptr && placeIn(subscriber, topic) != kNowhere;
}

size_t TopicTree::subscribers(std::string_view name) const {
  const Topic *topic = find(name);
  return topic == nullptr ? 0 : topic->members.size();
}

void TopicTree::forEachMember(std::string_view name,
                              bool (*visit)(void *user, const Subscriber &member),
                              void *user) const {
  if (const Topic *topic = find(name); topic != nullptr) {
    for (const Subscriber *member : topic->members) {
      if (!visit(user, *member)) {
        return;
      }
    }
  }
}

void TopicTree::remove(Subscriber &subscriber) {
  for (size_t i = 0; i < subscriber.topics.size(); ++i) {
    leave(subscriber, i);
  }
  subscriber.topics.clear();
  unqueue(subscriber);
  subscriber.waiting.clear();
}

bool TopicTree::reaches(std::string_view name, const Subscriber *except) const {
  const Topic *topic = find(name);
  return topic != nullptr && (topic->members.size() > 1 || topic->members.front() != except);
}

size_t TopicTree::publish(std::string_view name, const Subscriber *except, MessageId id) {
  Topic *topic = find(name);
  if (topic == nullptr) {
    return 0;
  }
  size_t count = 0;
  for (Subscriber *member : topic->members) {
    if (member == except) {
      continue;
    }
    if (member->waiting.empty()) {
      member->place = queue_.size();
      queue_.push_back(member);
      ++waiting_;
    }
    member->waiting.push_back(id);
    ++count;
  }
  return count;
}

void TopicTree::unqueue(Subscriber &subscriber) {
  if (subscriber.place != kNowhere) {
    queue_[std::exchange(subscriber.place, kNowhere)] = nullptr;
    if (--waiting_ == 0 && !draining_) {
      queue_.clear();
    }
  }
}

void TopicTree::serve(Subscriber &subscriber) {
  unqueue(subscriber);
  std::vector<MessageId> messages = std::move(spare_);
  messages.swap(subscriber.waiting);
  ++delivering_;
  deliver_(user_, subscriber, messages);
  --delivering_;
  messages.clear();
  spare_ = std::move(messages);
}

void TopicTree::deliver(Subscriber &subscriber) {
  if (subscriber.place != kNowhere) {
    serve(subscriber);
  }
}

void TopicTree::deliverAll() {
  if (std::exchange(draining_, true)) {
    return; // the one further up goes on to the end of the queue
  }
  for (size_t i = 0; i < queue_.size(); ++i) {
    if (Subscriber *subscriber = queue_[i]; subscriber != nullptr) {
      serve(*subscriber);
    }
  }
  queue_.clear();
  draining_ = false;
}

} // namespace uwk::ws
