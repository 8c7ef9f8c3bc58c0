#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/data_choice.h"
#include "app/commands/explanation_text.h"
#include "app/commands/ledger_files.h"
#include "app/commands/output.h"
#include "app/commands/question_config.h"
#include "app/data_folder.h"
#include "app/snapshot_builder.h"
#include "async/clock.h"
#include "async/random.h"
#include "gateway/explanation.h"
#include "json/write.h"
#include "limits/state.h"
#include "routing/health.h"
#include "storage/sqlite/queries.h"

namespace tollgate {
namespace {

constexpr std::string_view help = R"(tollgate explain --config FILE (--body FILE | --model M) [--key NAME]
                 [--dialect openai_chat] [--endpoint PATH] [--data DIR] [--json]
                 [--allow-plain-secrets]

What a call would meet, without sending it: who asks, the limits that concern
them and what those leave, the targets in their order with the reasons, price and
worst cost. --body is a request in the dialect's own words, - for stdin. Limits
count what the ledger of the data folder holds; what a running gateway knows of
its targets and of calls under way is told by POST /api/v1/explain and by the
header x-tollgate-dry-run. Exit 1: the call would be refused.

  tollgate explain --config tollgate.yaml --key search-dev --model gpt-4o
)";

std::unexpected<Error> wrong(std::string what) { return fail(Fault::invalid_request, std::move(what)); }

Result<std::string> read_body(const std::string& file) {
  std::ifstream from_file;
  if (file != "-") from_file.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : from_file;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in && !in.eof()) return wrong(fmt::format("{} cannot be read", file));
  if (text.empty()) return wrong(fmt::format("{} is empty or cannot be read", file));
  return text;
}

Result<Question> question_of(const CommandLine& line) {
  Question question{.key = line.value("key").value_or(""),
                    .dialect = line.value("dialect").value_or(""),
                    .endpoint = line.value("endpoint").value_or(""),
                    .model = line.value("model").value_or("")};
  if (auto file = line.value("body")) {
    TG_TRY(body, read_body(*file));
    question.body = std::move(body);
    return question;
  }
  if (question.model.empty()) return wrong("say --body FILE or --model M");
  json::Writer out(question.body);
  out.begin_object().member("model", question.model).key("messages").begin_array();
  out.begin_object().member("role", "user").member("content", "Hello").end_object().end_array().end_object();
  return question;
}

Result<LoadedConfig> load(const CommandLine& line) {
  auto file = line.value("config");
  if (!file) return wrong("say --config FILE");
  ConfigOptions options;
  options.allow_plain_secrets = line.has("allow-plain-secrets");
  return load_for_question(*file, std::move(options));
}

// A data folder for as long as the question lasts, where there is none yet: keys and secrets come from the configuration alone.
class Folder {
 public:
  static Result<Folder> open(const std::filesystem::path& wanted, WallTime now) {
    std::error_code missing;
    Folder folder;
    folder.path_ = wanted;
    if (!std::filesystem::is_directory(wanted, missing)) {
      std::string name = std::filesystem::temp_directory_path() / "tollgate-explain-XXXXXX";
      if (::mkdtemp(name.data()) == nullptr) return fail(Fault::internal, "no folder can be made for the question");
      folder.path_ = folder.made_ = name;
    }
    TG_TRY(data, DataFolder::open(folder.path_, now));
    folder.data_ = std::make_unique<DataFolder>(std::move(data));
    return folder;
  }
  Folder(Folder&& other) noexcept : path_(std::move(other.path_)), made_(std::exchange(other.made_, {})), data_(std::move(other.data_)) {}
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    data_.reset();
    std::error_code ignored;
    if (!made_.empty()) std::filesystem::remove_all(made_, ignored);
  }
  DataFolder& data() { return *data_; }
  bool was_there() const { return made_.empty(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  Folder() = default;
  std::filesystem::path path_, made_;
  std::unique_ptr<DataFolder> data_;
};

// Counts in the limits what the ledger holds.
Result<void> count_past(const std::filesystem::path& data, const Policy& policy, WallTime now) {
  if (policy.limits().empty()) return {};
  TG_TRY(files, open_ledger({.path = data}, now));
  if (!files) return {};
  LedgerQueries queries = files->queries();
  return queries.rows({}, [&](const LedgerRow& row) {
    if (row.origin != RowOrigin::call) return true;
    const Attribution& who = row.attribution;
    Subject subject{row.key, who.team, who.user, who.feature, row.route, row.provider, &who.tags};
    if (row.status != RowStatus::refused)
      charge(policy, subject, row.at, {row.cost, row.usage.all_input().count, row.usage.all_output().count, 1}, now);
    return true;
  });
}

Result<std::string> answer(const CommandLine& line) {
  TG_TRY(question, question_of(line));
  TG_TRY(loaded, load(line));
  SystemClock clock;
  TG_TRY(folder, Folder::open(line.value("data").value_or(loaded.config.data), clock.wall()));
  Counters counters(system_seed());
  HealthBook health;
  DataFolder& data = folder.data();
  SnapshotBuilder builder(SnapshotSources{*data.pepper, *data.key_store, *data.limit_store, counters, health, data.secret_sources()});
  TG_TRY(snapshot, builder.build(loaded.config));
  if (folder.was_there()) TG_TRY_VOID(count_past(folder.path(), *snapshot->limits, clock.wall()));
  auto held = std::make_shared<const std::shared_ptr<const Snapshot>>(std::move(snapshot));
  return explain(question, std::move(held), {.now = clock.now()}, clock.wall());
}

int run(std::span<const std::string> words) {
  CommandLine line;
  auto bad = line.read(words, {data_option, config_option, {"key", Option::value}, {"body", Option::value}, {"model", Option::value},
                               {"dialect", Option::value}, {"endpoint", Option::value}, {"json", Option::flag}, {"allow-plain-secrets", Option::flag}});
  if (bad) return misuse(explain_command, *bad);
  if (!line.rest().empty()) return misuse(explain_command, fmt::format("it takes no such word: {}", line.rest().front()));
  auto told = answer(line);
  if (!told) return misuse(explain_command, told.error().detail);
  write_out(line.has("json") ? *told + '\n' : explanation_text(*told));
  return finish_output(is_allowed(*told) ? exit_yes : exit_no);
}

}  // namespace

const Command explain_command{"explain", "tells what a call would meet, without sending it", help, run};

}  // namespace tollgate
