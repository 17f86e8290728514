#include "colcomb/training/native_runner.hpp"

#include "colcomb/base/check.hpp"
#include "colcomb/training/dropout.hpp"
#include "colcomb/training/pass_tensors.hpp"

namespace colcomb::training {
namespace {

float* data_of(const torch::Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  COLCOMB_CHECK(tensor.is_contiguous() && tensor.scalar_type() == torch::kFloat,
                "a parameter must be a contiguous float tensor");
  return tensor.data_ptr<float>();
}

/// The parameter's gradient, allocated where it is absent; null if none is wanted.
float* gradient_of(torch::Tensor& parameter) {
  if (!parameter.defined() || !parameter.requires_grad()) return nullptr;
  if (!parameter.grad().defined()) parameter.mutable_grad() = torch::empty_like(parameter);
  return data_of(parameter.grad());
}

class NativeRunner final : public Runner {
 public:
  NativeRunner(network::Cnn network, std::size_t threads, network::AllReduce sum,
               backprop::Precision precision)
      : network_(std::move(network)),
        pass_(network_->description(), {threads, "", std::move(sum), precision}) {
    NativeRunner::masks_changed();
  }

  torch::Tensor forward(const dataset::Batch& batch, Random dropout) override {
    dropout_ = draw_dropout(network_->description(), batch, dropout);
    const auto logits = pass_.forward(batch.pixels, batch.count, parameters(), dropout_,
                                      network::kBatchNormMomentum);
    logits_ = tensor_of(logits, batch.count, network_->description());
    logits_.requires_grad_(true);
    return logits_;
  }

  void backward(const torch::Tensor& loss) override {
    loss.backward();
    const auto by_logits = logits_.grad().contiguous();
    std::vector<backprop::LayerGradients> gradients;
    for (network::Layer& layer : network_->layers()) {
      gradients.push_back({gradient_of(layer->weight), gradient_of(layer->norm_weight),
                           gradient_of(layer->norm_bias), gradient_of(layer->bias)});
    }
    pass_.backward({by_logits.data_ptr<float>(), static_cast<std::size_t>(by_logits.numel())},
                   gradients);
  }

  torch::Tensor infer(const dataset::Batch& batch) override {
    return tensor_of(pass_.infer(batch.pixels, batch.count, parameters()), batch.count,
                     network_->description());
  }

  void masks_changed() override { set_masks(pass_, network_); }

 private:
  [[nodiscard]] std::vector<backprop::LayerParameters> parameters() const {
    std::vector<backprop::LayerParameters> result;
    for (const network::Layer& layer : network_->layers()) {
      result.push_back({data_of(layer->weight), data_of(layer->norm_weight),
                        data_of(layer->norm_bias), data_of(layer->norm_mean),
                        data_of(layer->norm_variance), data_of(layer->bias)});
    }
    return result;
  }

  network::Cnn network_;
  backprop::Pass pass_;
  std::vector<float> dropout_;
  torch::Tensor logits_;
};

}  // namespace

std::unique_ptr<Runner> make_native_runner(network::Cnn network, std::size_t threads,
                                           network::AllReduce sum, backprop::Precision precision) {
  return std::make_unique<NativeRunner>(std::move(network), threads, std::move(sum), precision);
}

}  // namespace colcomb::training
