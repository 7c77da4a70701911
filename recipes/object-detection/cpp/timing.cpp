#include "timing.h"

#include <algorithm>
#include <cstdio>

namespace {

// Between neighbours the quantile is linear, as in the Python program.
double quantile(const std::vector<double>& ordered, double fraction) {
  const double position = fraction * static_cast<double>(ordered.size() - 1);
  const auto lower = static_cast<std::size_t>(position);
  const std::size_t upper = std::min(lower + 1, ordered.size() - 1);
  return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower);
}

}  // namespace

Speed summarize(std::vector<double> durations_ms, int warmup) {
  std::sort(durations_ms.begin(), durations_ms.end());
  return {quantile(durations_ms, 0.5),
          quantile(durations_ms, 0.1),
          quantile(durations_ms, 0.9),
          durations_ms.front(),
          durations_ms.back(),
          static_cast<int>(durations_ms.size()),
          warmup};
}

std::string describe(const Speed& speed) {
  char line[160];
  std::snprintf(line, sizeof line,
                "median %.1f ms (10%% to 90%%: %.1f to %.1f ms, %d runs after %d warm-up)",
                speed.median_ms, speed.p10_ms, speed.p90_ms, speed.runs, speed.warmup);
  return line;
}
