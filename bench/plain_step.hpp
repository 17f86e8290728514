#pragma once

#include <torch/torch.h>

#include <memory>
#include <utility>
#include <vector>

#include "colcomb/network/cnn.hpp"
#include "colcomb/training/meter.hpp"

namespace colcomb {

/// A training step as one writes it first in LibTorch: NCHW maps, the shift as an index select per
/// channel, masks multiplied in at every step, the loss read after each.
class Plain {
 public:
  /// Starts from the weights of `like`.
  Plain(const network::Cnn& like, torch::Device device)
      : description_(like->description()), device_(device) {
    for (const network::Layer& layer : like->layers()) {
      Numbers n;
      n.weight = layer->weight.detach().clone().to(device).requires_grad_(true);
      n.mask = torch::ones_like(n.weight);
      parameters_.push_back(n.weight);
      const auto rows = n.weight.size(0);
      n.bias = torch::zeros(rows, device).requires_grad_(true);
      parameters_.push_back(n.bias);
      if (!layer->is_classifier()) {
        n.gain = torch::ones(rows, device).requires_grad_(true);
        parameters_.push_back(n.gain);
        n.mean = torch::zeros(rows, device);
        n.variance = torch::ones(rows, device);
        n.index = shift_index(layer->description(), device);
      }
      layers_.push_back(std::move(n));
    }
    sgd_ = std::make_unique<torch::optim::SGD>(
        parameters_, torch::optim::SGDOptions(0.1).momentum(0.9).weight_decay(1e-4));
  }

  void step(const dataset::Batch& batch) {
    const auto& input = description_.input;
    const auto per_channel = [&](const auto& numbers) {
      return torch::tensor(numbers, torch::kFloat).view({1, -1, 1, 1}).to(device_);
    };
    auto x = training::images_of(batch, device_).to(torch::kFloat);
    x = (x / 255 - per_channel(input.mean)) / per_channel(input.std);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Numbers& n = layers_[i];
      const LayerDescription& d = description_.layer(i);
      const auto weight = n.weight * n.mask;
      if (description_.is_classifier(i)) {
        x = torch::linear(x.mean({2, 3}), weight, n.bias);
        continue;
      }
      if (d.kind == LayerKind::kShift) x = shifted(x, n.index);
      x = torch::conv2d(x, weight, {}, static_cast<std::int64_t>(d.stride));
      x = torch::batch_norm(x, n.gain, n.bias, n.mean, n.variance, true, 0.1, 1e-5, false);
      x = torch::hardtanh(x, 0, 6);
    }
    const auto loss =
        torch::nn::functional::cross_entropy(x, training::labels_of(batch.labels, device_));
    sgd_->zero_grad();
    loss.backward();
    sgd_->step();
    loss_ = loss.item<double>();
  }

 private:
  struct Numbers {
    torch::Tensor weight, mask, bias, gain, mean, variance, index;
  };

  /// Per channel, for each pixel of a map padded by zeros, the pixel it takes.
  static torch::Tensor shift_index(const LayerDescription& d, torch::Device device) {
    if (d.kind != LayerKind::kShift) return {};
    const auto channels = static_cast<std::int64_t>(d.in_channels);
    const auto height = static_cast<std::int64_t>(d.in_height);
    const auto width = static_cast<std::int64_t>(d.in_width);
    auto index = torch::empty({channels, height * width}, torch::kLong);
    auto* to = index.data_ptr<std::int64_t>();
    for (const Column& column : d.columns)
      for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t i = 0; i < width; ++i) {
          const std::int64_t sy = y + column.dy;
          const std::int64_t sx = i + column.dx;
          const bool inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
          *to++ = inside ? sy * width + sx : height * width;
        }
    return index.to(device);
  }

  static torch::Tensor shifted(const torch::Tensor& x, const torch::Tensor& index) {
    const auto padded = torch::constant_pad_nd(x.flatten(2), {0, 1});
    return padded.gather(2, index.unsqueeze(0).expand({x.size(0), -1, -1})).view(x.sizes());
  }

  NetworkDescription description_;
  torch::Device device_;
  std::vector<Numbers> layers_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<torch::optim::SGD> sgd_;
  double loss_ = 0;
};

}  // namespace colcomb
