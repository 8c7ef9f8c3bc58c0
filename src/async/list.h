#pragma once
// A doubly linked list whose links live in its members, so that waiting in it allocates nothing and leaving it is O(1).
// A node leaves its list when it dies.

namespace tollgate {

class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { leave(); }

  bool linked() const { return next_ != nullptr; }
  void leave() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class Owner, ListNode Owner::* member>
  friend class List;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

template <class Owner, ListNode Owner::* member>
class List {
 public:
  List() { head_.next_ = head_.previous_ = &head_; }
  ~List() {
    while (pop_front() != nullptr) {
    }
    head_.next_ = head_.previous_ = nullptr;
  }
  bool empty() const { return head_.next_ == &head_; }

  void push_back(Owner& owner) {
    ListNode& node = owner.*member;
    node.leave();
    node.previous_ = head_.previous_;
    node.next_ = &head_;
    head_.previous_->next_ = &node;
    head_.previous_ = &node;
  }

  Owner* front() { return empty() ? nullptr : owner_of(head_.next_); }

  Owner* pop_front() {
    Owner* owner = front();
    if (owner != nullptr) (owner->*member).leave();
    return owner;
  }

  // Moves every member of `other` to the end of this list.
  void take_all(List& other) {
    while (Owner* owner = other.pop_front()) push_back(*owner);
  }

 private:
  static Owner* owner_of(ListNode* node) {
    // The distance of the member within its owner; Owner may have any layout, since it is taken from a pointer difference.
    alignas(Owner) static char place[sizeof(Owner)];
    auto* probe = reinterpret_cast<Owner*>(place);
    auto offset = reinterpret_cast<char*>(&(probe->*member)) - reinterpret_cast<char*>(probe);
    return reinterpret_cast<Owner*>(reinterpret_cast<char*>(node) - offset);
  }

  ListNode head_;
};

}  // namespace tollgate
