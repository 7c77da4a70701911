// Print the width, the height and the mean of each colour of images, and the mean of each when halved.
#include <cstdio>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

static void describe(const cv::Mat& image) {
  cv::Mat rgb;
  cv::cvtColor(image, rgb, cv::COLOR_BGR2RGB);
  const cv::Scalar mean = cv::mean(rgb);
  std::printf("%d %d %.3f %.3f %.3f\n", rgb.cols, rgb.rows, mean[0], mean[1], mean[2]);
}

int main(int, char** names) {
  while (*++names != nullptr) {
    const cv::Mat image = cv::imread(*names);
    if (image.empty()) return 1;
    describe(image);
    cv::Mat half;
    cv::resize(image, half, cv::Size(), 0.5, 0.5, cv::INTER_AREA);
    describe(half);
  }
}
