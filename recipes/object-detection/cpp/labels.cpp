#include "labels.h"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "coco_labels.h"

namespace {

// How official label files mark the background and the ids that no category uses.
const std::set<std::string> kPlaceholders = {"", "???", "background", "__background__"};

std::string stripped(const std::string& line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(stripped(line));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// Returns nothing unless every line that is not empty has a number.
Labels numbered(const std::vector<std::string>& lines) {
  static const std::regex pattern(R"((\d{1,6})[\s:]\s*(\S.*))");
  Labels labels;
  for (const std::string& line : lines) {
    std::smatch match;
    if (line.empty()) continue;
    if (!std::regex_match(line, match, pattern)) return {};
    labels[std::stoi(match[1])] = match[2];
  }
  return labels;
}

Labels one_a_line(const std::vector<std::string>& lines) {
  Labels labels;
  for (const std::string& line : lines) labels.emplace(static_cast<int>(labels.size()), line);
  return labels;
}

}  // namespace

Labels load_labels(const std::filesystem::path& file) {
  if (file.empty()) return parse_labels(kCocoLabels);
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("no label file `" + file.string() + "`");
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_labels(text.str());
}

Labels parse_labels(const std::string& text) {
  const std::vector<std::string> lines = lines_of(text);
  Labels found = numbered(lines);
  if (found.empty()) found = one_a_line(lines);
  // COCO's own ids begin at 1, so a real name at 0 means that the file counts from 0.
  const auto first = found.find(0);
  const int shift = first != found.end() && kPlaceholders.count(first->second) == 0 ? 1 : 0;
  Labels labels;
  for (const auto& [number, name] : found) {
    if (kPlaceholders.count(name) == 0) labels[number + shift] = name;
  }
  return labels;
}

std::string name_of(const Labels& labels, int category_id) {
  const auto found = labels.find(category_id);
  return found != labels.end() ? found->second : "category " + std::to_string(category_id);
}
