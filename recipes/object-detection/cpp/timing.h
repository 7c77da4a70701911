// How long the model takes, over all timed runs.
#pragma once

#include <string>
#include <vector>

// Milliseconds of one run.
struct Speed {
  double median_ms;
  double p10_ms;
  double p90_ms;
  double min_ms;
  double max_ms;
  int runs;
  int warmup;
};

// Summarises at least one duration.
Speed summarize(std::vector<double> durations_ms, int warmup);

// Says a speed in one line.
std::string describe(const Speed& speed);
