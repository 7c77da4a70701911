#include "options.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <thread>

const char kUsage[] =
    "usage: object-detection --images DIR --model FILE --out DIR [--labels FILE]\n"
    "                        [--count N|all] [--repeats N] [--warmup N] [--threshold 0..1]\n"
    "                        [--threads N]\n"
    "       object-detection --decode-only --images DIR --out DIR [--count N|all]\n";

namespace {

class Arguments {
 public:
  explicit Arguments(int count, char** values) {
    for (int i = 1; i < count; ++i) {
      const std::string name = values[i];
      if (kFlags.count(name) != 0) {
        flags_.insert(name);
        continue;
      }
      if (kDefaults.count(name) == 0) throw InputError("unknown option `" + name + "`");
      if (++i == count) throw InputError("`" + name + "` needs a value");
      given_[name] = values[i];
    }
  }

  bool has(const std::string& flag) const { return flags_.count(flag) != 0; }

  std::string text(const std::string& name, std::initializer_list<const char*> variables = {}) const {
    const auto found = given_.find(name);
    if (found != given_.end()) return found->second;
    for (const char* variable : variables) {
      const char* value = std::getenv(variable);
      if (value != nullptr && *value != '\0') return value;
    }
    return kDefaults.at(name);
  }

  std::string required(const std::string& name,
                       std::initializer_list<const char*> variables = {}) const {
    const std::string value = text(name, variables);
    if (value.empty()) throw InputError("`" + name + "` is missing");
    return value;
  }

  int whole(const std::string& name, int minimum) const {
    const std::string value = text(name);
    const bool is_number = !value.empty() && value.size() < 10 &&
                           value.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || std::stoi(value) < minimum) {
      throw InputError("`" + name + " " + value + "` is not a whole number from " +
                       std::to_string(minimum));
    }
    return std::stoi(value);
  }

  double fraction(const std::string& name) const {
    const std::string value = text(name);
    char* end = nullptr;
    const double result = std::strtod(value.c_str(), &end);
    if (end == value.c_str() || *end != '\0' || !(result >= 0 && result <= 1)) {
      throw InputError("`" + name + " " + value + "` is not between 0 and 1");
    }
    return result;
  }

 private:
  static const std::set<std::string> kFlags;
  static const std::map<std::string, std::string> kDefaults;
  std::set<std::string> flags_;
  std::map<std::string, std::string> given_;
};

const std::set<std::string> Arguments::kFlags = {"--decode-only"};

const std::map<std::string, std::string> Arguments::kDefaults = {
    {"--images", ""},   {"--model", ""},  {"--labels", ""},     {"--out", ""},
    {"--count", "all"}, {"--repeats", "10"}, {"--warmup", "3"}, {"--threshold", "0.4"},
    {"--threads", std::to_string(std::max(1u, std::thread::hardware_concurrency()))},
};

std::string model_of(const Arguments& arguments) {
  if (arguments.has("--decode-only")) return "";
  return arguments.required("--model", {"CKPM_MODEL_SSD_MOBILENET_FILE"});
}

}  // namespace

Options parse_options(int count, char** values) {
  const Arguments arguments(count, values);
  const bool is_all = arguments.text("--count") == "all";
  return {
      arguments.required("--images", {"CKPM_DATASET_SAMPLE_PHOTOS_ROOT",
                                      "CKPM_DATASET_COCO_VAL2017_IMAGES"}),
      model_of(arguments),
      arguments.text("--labels", {"CKPM_MODEL_SSD_MOBILENET_LABELS"}),
      arguments.required("--out"),
      is_all ? std::size_t(-1) : static_cast<std::size_t>(arguments.whole("--count", 1)),
      arguments.whole("--repeats", 1),
      arguments.whole("--warmup", 0),
      arguments.fraction("--threshold"),
      arguments.whole("--threads", 1),
      arguments.has("--decode-only"),
  };
}
