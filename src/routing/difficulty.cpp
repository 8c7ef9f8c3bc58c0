#include "routing/difficulty.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <initializer_list>

namespace tollgate {
namespace {

constexpr int text_bits = 18, topic_bits = 14;
constexpr std::size_t text_buckets = 1u << text_bits, topic_buckets = 1u << topic_bits;
constexpr std::size_t bytes_max = 8'000;
constexpr std::size_t words_max = bytes_max / 2 + 1;
constexpr std::uint32_t topics_max = 128;
constexpr std::size_t columns = 4;  // text, topic, surface of the rest, surface of arithmetic
constexpr std::string_view magic = "TGDIFF01";

// FNV-1a, 32 bits. Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
constexpr std::uint32_t fnv_basis = 0x811C9DC5u, fnv_prime = 0x01000193u;
constexpr std::uint32_t hash_of(std::string_view word) {
  std::uint32_t value = fnv_basis;
  for (char c : word) value = (value ^ static_cast<unsigned char>(c)) * fnv_prime;
  return value;
}

// The finisher of MurmurHash3. Source: https://github.com/aappleby/smhasher
constexpr std::uint32_t mixed(std::uint32_t value) {
  value ^= value >> 16;
  value *= 0x85EBCA6Bu;
  value ^= value >> 13;
  value *= 0xC2B2AE35u;
  return value ^ (value >> 16);
}

constexpr std::uint32_t times_words[] = {hash_of("half"),  hash_of("third"),  hash_of("quarter"), hash_of("twice"),
                                         hash_of("times"), hash_of("double"), hash_of("triple")};
constexpr std::uint32_t negations[] = {hash_of("not"), hash_of("except"), hash_of("never"), hash_of("incorrect"), hash_of("false"), hash_of("least")};

template <std::size_t n>
bool is_one_of(std::uint32_t word, const std::uint32_t (&words)[n]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr unsigned char lower(unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<unsigned char>(c + 32) : c; }
constexpr bool in_word(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80; }
constexpr bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }

// A set of buckets that is emptied by what is in it.
template <std::size_t size>
class BucketSet {
 public:
  void clear() {
    for (std::size_t i = 0; i < count_; ++i) seen_[items_[i] / 64] = 0;
    count_ = 0;
  }
  void add(std::uint32_t bucket) {
    std::uint64_t bit = std::uint64_t{1} << (bucket % 64);
    if ((seen_[bucket / 64] & bit) != 0 || count_ == items_.size()) return;
    seen_[bucket / 64] |= bit;
    items_[count_++] = bucket;
  }
  const std::uint32_t* begin() const { return items_.data(); }
  const std::uint32_t* end() const { return items_.data() + count_; }

 private:
  std::array<std::uint64_t, size / 64> seen_{};
  std::array<std::uint32_t, 2 * words_max> items_{};
  std::size_t count_ = 0;
};

// What one pass over a text counts.
struct Counts {
  std::size_t bytes = 0, words = 0, numbers = 0, ends = 0, commas = 0, operators = 0, lines = 0;
  std::size_t times = 0, than = 0, ifs = 0, negated = 0;
  std::uint64_t largest = 0;

  Surface surface() const {
    auto most = [](std::size_t count, std::size_t bound) { return static_cast<float>(std::min(count, bound)); };
    auto log = [](std::size_t count) { return std::log1p(static_cast<float>(count)); };
    auto root = [](std::size_t count) { return std::sqrt(static_cast<float>(count)); };
    return {log(bytes), log(words), root(numbers), most(ends, 40), most(commas, 40), std::log1p(static_cast<float>(largest)),
            most(times, 10), most(than, 10), most(ifs, 10), static_cast<float>(bytes) / static_cast<float>(words + 1), root(operators),
            most(negated, 10), log(lines)};
  }
};

// A number with commas between its digits, as it grows.
class Number {
 public:
  void take(unsigned char c, Counts& counts) {
    if (is_digit(c)) {
      if (!open_) ++counts.numbers;
      open_ = true;
      if (digits_ < 12) value_ = value_ * 10 + (c - '0');
      ++digits_;
    } else if (open_ && c != ',') {
      end(counts);
    }
  }
  void end(Counts& counts) {
    if (open_) counts.largest = std::max(counts.largest, std::min<std::uint64_t>(value_, 1'000'000'000'000));
    open_ = false;
    value_ = 0;
    digits_ = 0;
  }

 private:
  bool open_ = false;
  std::uint64_t value_ = 0;
  int digits_ = 0;
};

void count_mark(unsigned char c, Counts& counts) {
  switch (c) {
    case '.': case '?': case '!': ++counts.ends; break;
    case ',': ++counts.commas; break;
    case '\n': ++counts.lines; break;
    case '+': case '-': case '*': case '/': case '=': case '^': case '<': case '>': ++counts.operators; break;
    default: break;
  }
}

void count_word(std::uint32_t word, Counts& counts) {
  ++counts.words;
  counts.times += is_one_of(word, times_words) ? 1 : 0;
  counts.than += word == hash_of("than") ? 1 : 0;
  counts.ifs += word == hash_of("if") ? 1 : 0;
  counts.negated += is_one_of(word, negations) ? 1 : 0;
}

}  // namespace

// One for each thread, since it is large and a call needs it for microseconds only.
struct DifficultyModel::Bags {
  BucketSet<text_buckets> text;
  BucketSet<topic_buckets> words;
  Counts counts;

  void read(std::string_view from) {
    text.clear();
    words.clear();
    counts = {};
    counts.bytes = from.size();
    Number number;
    std::uint32_t word = fnv_basis, before = 0;
    bool inside = false, had_word = false;
    auto end_word = [&] {
      if (!inside) return;
      count_word(word, counts);
      text.add(mixed(word) >> (32 - text_bits));
      if (had_word) text.add(mixed(before * 31 + word) >> (32 - text_bits));
      words.add(mixed(word) >> (32 - topic_bits));
      before = word;
      had_word = true;
      inside = false;
      word = fnv_basis;
    };
    for (char raw : from) {
      unsigned char c = lower(static_cast<unsigned char>(raw));
      number.take(c, counts);
      if (in_word(c)) {
        word = (word ^ c) * fnv_prime;
        inside = true;
        continue;
      }
      end_word();
      count_mark(c, counts);
    }
    end_word();
    number.end(counts);
  }
};

Result<DifficultyModel> DifficultyModel::read(std::string_view file) {
  auto broken = [] { return fail(Fault::invalid_request, "this is no file of the difficulty router"); };
  DifficultyModel model;
  std::size_t at = 0;
  auto take = [&](void* into, std::size_t bytes) {
    if (file.size() - at < bytes) return false;
    std::memcpy(into, file.data() + at, bytes);
    at += bytes;
    return true;
  };
  static_assert(std::endian::native == std::endian::little);
  char name[8];
  std::uint32_t head[6];
  if (!take(name, sizeof name) || std::string_view(name, sizeof name) != magic || !take(head, sizeof head)) return broken();
  auto [bits, word_bits, topics, arithmetic, surfaces, steps] = head;
  bool known = bits == text_bits && word_bits == topic_bits && topics > 0 && topics <= topics_max && arithmetic < topics && surfaces == surface_count && steps > 1 && steps <= 10'000;
  float scales[2];
  if (!known || !take(scales, sizeof scales)) return broken();
  model.topics_ = topics;
  model.arithmetic_ = arithmetic;
  model.text_scale_ = scales[0];
  model.topic_scale_ = scales[1];
  struct List {
    std::vector<float>* into;
    std::size_t count;
  };
  for (List list : std::initializer_list<List>{{&model.topic_bias_, topics}, {&model.topic_gain_, topics}, {&model.middle_, surfaces}, {&model.spread_, surfaces}, {&model.plain_, surfaces},
                                               {&model.sums_, surfaces}, {&model.stack_middle_, columns}, {&model.stack_spread_, columns},
                                               {&model.stack_, columns}, {&model.ranks_, steps}, {&model.thresholds_, steps}}) {
    list.into->resize(list.count);
    if (!take(list.into->data(), list.count * sizeof(float))) return broken();
  }
  if (file.size() - at != 2 * text_buckets + topic_buckets * (1 + topics)) return broken();
  const char* bytes = file.data() + at;
  model.text_idf_ = reinterpret_cast<const std::uint8_t*>(bytes);
  model.text_ = reinterpret_cast<const std::int8_t*>(bytes + text_buckets);
  model.word_idf_ = reinterpret_cast<const std::uint8_t*>(bytes + 2 * text_buckets);
  model.topic_ = reinterpret_cast<const std::int8_t*>(bytes + 2 * text_buckets + topic_buckets);
  return model;
}

float DifficultyModel::text_part(const Bags& bags) const {
  std::int64_t sum = 0, squares = 0;
  for (std::uint32_t bucket : bags.text) {
    int idf = text_idf_[bucket];
    sum += idf * text_[bucket];
    squares += idf * idf;
  }
  return squares == 0 ? 0 : static_cast<float>(sum) / std::sqrt(static_cast<float>(squares)) * text_scale_;
}

float DifficultyModel::topic_part(const Bags& bags, float& arithmetic) const {
  std::array<std::int32_t, topics_max> sums{};
  std::int64_t squares = 0;
  for (std::uint32_t bucket : bags.words) {
    std::int32_t idf = word_idf_[bucket];
    if (idf == 0) continue;
    squares += idf * idf;
    const std::int8_t* weights = topic_ + std::size_t{bucket} * topics_;
    for (std::uint32_t topic = 0; topic < topics_; ++topic) sums[topic] += idf * weights[topic];
  }
  float norm = squares == 0 ? 0 : topic_scale_ / std::sqrt(static_cast<float>(squares));
  std::array<float, topics_max> values;
  for (std::uint32_t topic = 0; topic < topics_; ++topic) values[topic] = norm * static_cast<float>(sums[topic]) + topic_bias_[topic];
  float most = *std::max_element(values.begin(), values.begin() + topics_);
  float total = 0, gain = 0;
  for (std::uint32_t topic = 0; topic < topics_; ++topic) {
    float share = std::exp(values[topic] - most);
    total += share;
    gain += share * topic_gain_[topic];
    if (topic == arithmetic_) arithmetic = share;
  }
  arithmetic /= total;
  return gain / total;
}

// Between the steps it grows evenly.
float DifficultyModel::rank_of(float sum) const {
  auto above = std::upper_bound(ranks_.begin(), ranks_.end(), sum);
  if (above == ranks_.begin()) return 0;
  if (above == ranks_.end()) return 1;
  float low = above[-1], high = *above;
  float part = high > low ? (sum - low) / (high - low) : 0;
  return (static_cast<float>(above - ranks_.begin() - 1) + part) / static_cast<float>(ranks_.size() - 1);
}

float DifficultyModel::score(std::string_view text) const {
  thread_local Bags bags;
  bags.read(text.substr(0, bytes_max));
  float arithmetic = 0;
  float text_score = text_part(bags), topic_score = topic_part(bags, arithmetic);
  Surface surface = bags.counts.surface();
  float plain = 0, sums = 0;
  for (std::size_t i = 0; i < surface_count; ++i) {
    float value = (surface[i] - middle_[i]) / spread_[i];
    plain += value * plain_[i];
    sums += value * sums_[i];
  }
  float parts[columns] = {text_score, topic_score, (1 - arithmetic) * plain, arithmetic * sums};
  float sum = 0;
  for (std::size_t i = 0; i < columns; ++i) sum += (parts[i] - stack_middle_[i]) / stack_spread_[i] * stack_[i];
  return rank_of(sum);
}

float DifficultyModel::threshold(float quality) const {
  float place = std::clamp(quality, 0.0f, 1.0f) * static_cast<float>(thresholds_.size() - 1);
  auto low = static_cast<std::size_t>(place);
  if (low + 1 >= thresholds_.size()) return thresholds_.back();
  float part = place - static_cast<float>(low);
  return thresholds_[low] * (1 - part) + thresholds_[low + 1] * part;
}

}  // namespace tollgate
