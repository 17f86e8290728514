#include "colcomb/backprop/pass.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/random.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/span_sum.hpp"
#include "tests/support/training_forward.hpp"

namespace colcomb::backprop {
namespace {

using Floats = std::vector<float>;

/// A random network, of odd seeds one with branches, with its parameters in floats, a batch, and
/// the loss sum(logits * direction).
struct Case {
  NetworkDescription network;
  struct Layer {
    Floats weights, mask, norm_weight, norm_bias, norm_mean, norm_variance, bias;
  };
  std::vector<Layer> layers;
  std::vector<std::uint8_t> images;
  std::size_t count = 0;
  Floats dropout, direction;

  explicit Case(std::uint64_t seed) {
    Random random(seed);
    network = seed % 2 == 0 ? tests::random_description(random)
                            : tests::random_branches(random, {.tables = false});
    fill(random);
  }
  Case(NetworkDescription description, std::uint64_t seed) : network(std::move(description)) {
    Random random(seed);
    fill(random);
  }

  void fill(Random& random) {
    const auto uniform = [&](std::size_t n, double low, double high) {
      Floats values(n);
      for (float& v : values) v = static_cast<float>(low + (high - low) * random.uniform());
      return values;
    };
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const LayerDescription& d = network.layer(i);
      Layer layer;
      const std::size_t size = d.out_channels * d.columns.size();
      layer.weights = uniform(size, -1, 1);
      const std::size_t kept = random.below(4);  // of 4: 3 none pruned, 0 nearly all
      if (!network.is_classifier(i) && kept < 3) {
        for (std::size_t k = 0; k < size; ++k)
          layer.mask.push_back(random.below(8) < 1 + 2 * kept ? 1.0F : 0.0F);
      }
      if (d.conv_groups > 1) {
        const Matrix<std::uint8_t> within = conv_group_mask(d);
        if (layer.mask.empty()) layer.mask.assign(size, 1);
        for (std::size_t k = 0; k < size; ++k) layer.mask[k] *= within.values()[k];
      }
      layer.norm_weight = uniform(d.out_channels, 0.5, 2);
      layer.norm_bias = uniform(d.out_channels, 0, 3);
      layer.norm_mean = uniform(d.out_channels, -1, 1);
      layer.norm_variance = uniform(d.out_channels, 0.5, 2);
      layer.bias = uniform(d.out_channels, 0, 2);
      layers.push_back(layer);
    }
    count = 2 + random.below(40);
    images.resize(count * network.input.channels * network.input.height * network.input.width);
    for (auto& p : images) p = static_cast<std::uint8_t>(random.below(256));
    direction = uniform(count * network.classes, -1, 1);
    if (random.below(2) == 0) dropout = uniform(count * network.classifier.columns.size(), 0, 2);
  }

  std::vector<LayerParameters> parameters() {
    std::vector<LayerParameters> result;
    for (Layer& l : layers)
      result.push_back({l.weights.data(), l.norm_weight.data(), l.norm_bias.data(),
                        l.norm_mean.data(), l.norm_variance.data(), l.bias.data()});
    return result;
  }

  [[nodiscard]] std::vector<tests::TrainingLayer> doubles() const {
    std::vector<tests::TrainingLayer> result;
    for (const Layer& l : layers)
      result.push_back({{l.weights.begin(), l.weights.end()},
                        {l.mask.begin(), l.mask.end()},
                        {l.norm_weight.begin(), l.norm_weight.end()},
                        {l.norm_bias.begin(), l.norm_bias.end()},
                        {l.bias.begin(), l.bias.end()},
                        {},
                        {}});
    return result;
  }

  double loss(std::vector<tests::TrainingLayer>& at) const {
    const auto logits = tests::training_forward(network, at, images, dropout);
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) sum += logits[i] * direction[i];
    return sum;
  }

  [[nodiscard]] Pass pass(const PassOptions& options) const {
    Pass result(network, options);
    for (std::size_t l = 0; l < layers.size(); ++l) result.set_mask(l, layers[l].mask);
    return result;
  }
};

/// A network of every kind of dense layer, wide enough for products in bfloat16.
NetworkDescription wide_network() {
  NetworkDescription network;
  network.input = {18, 9, 7, {}, {}, 1};
  network.input.mean.assign(18, 0.0);
  network.input.std.assign(18, 1.0 / 255);
  network.classes = 3;
  const auto add = [&](const char* name, LayerKind kind, std::size_t rows, std::size_t kernel,
                       std::size_t stride) {
    LayerDescription layer;
    layer.name = name;
    layer.kind = kind;
    layer.out_channels = rows;
    layer.kernel = kernel;
    layer.stride = stride;
    const bool first = network.hidden.empty();
    layer.in_channels = first ? 18 : network.hidden.back().out_channels;
    layer.in_height = first ? 9 : network.hidden.back().out_height();
    layer.in_width = first ? 7 : network.hidden.back().out_width();
    layer.columns = convolution_columns(layer.in_channels, layer.kernel_height());
    if (kind == LayerKind::kShift) {
      for (std::size_t c = 0; c < layer.columns.size(); ++c) {
        layer.columns[c].dy = static_cast<std::int16_t>(c % 3) - 1;
        layer.columns[c].dx = static_cast<std::int16_t>(c / 3 % 3) - 1;
      }
    }
    network.hidden.push_back(layer);
  };
  add("a", LayerKind::kConvolution, 17, 1, 1);
  add("b", LayerKind::kShift, 16, 3, 2);
  add("c", LayerKind::kConvolution, 19, 3, 1);
  network.classifier = make_classifier(19, 3);
  return network;
}

struct Gradients {
  std::vector<Floats> weights, norm_weight, norm_bias, bias;

  /// What a layer has must be overwritten; what it has not keeps `before`.
  explicit Gradients(const Case& c, float before = 7) {
    for (const Case::Layer& l : c.layers) {
      weights.emplace_back(l.weights.size(), before);
      norm_weight.emplace_back(l.norm_weight.size(), before);
      norm_bias.emplace_back(l.norm_bias.size(), before);
      bias.emplace_back(l.bias.size(), before);
    }
  }
  std::vector<LayerGradients> targets() {
    std::vector<LayerGradients> result;
    for (std::size_t l = 0; l < weights.size(); ++l)
      result.push_back(
          {weights[l].data(), norm_weight[l].data(), norm_bias[l].data(), bias[l].data()});
    return result;
  }
  bool operator==(const Gradients&) const = default;
};

/// Strips of one row, and tiles of all rows as these networks are small.
const std::vector<std::size_t> kStripBytes = {1, PassOptions().tile_bytes};

/// Seeds whose batch norms see some variance everywhere: a channel without any (a shift can push
/// all of a small map outside) magnifies rounding errors 300-fold in every layer.
const std::vector<std::uint64_t>& seeds() {
  static const std::vector<std::uint64_t> found = [] {
    std::vector<std::uint64_t> result;
    for (std::uint64_t seed = 1; result.size() < tests::cases(20); ++seed) {
      const Case c(seed);
      auto doubles = c.doubles();
      static_cast<void>(tests::training_forward(c.network, doubles, c.images));
      const bool conditioned = std::all_of(doubles.begin(), doubles.end(), [](const auto& layer) {
        // (Logits and layers with a bias have no batch norm, but a little variance does not hurt.)
        return std::all_of(layer.batch_variance.begin(), layer.batch_variance.end(),
                           [](double v) { return v > 0.01; });
      });
      if (conditioned) result.push_back(seed);
    }
    return result;
  }();
  return found;
}

TEST(Pass, LogitsAndRunningStatisticsEqualThePlainNetwork) {
  for (const std::uint64_t seed : seeds()) {
    for (const std::string& kernel : kernel_names()) {
      SCOPED_TRACE(kernel + " seed " + std::to_string(seed));
      Case c(seed);
      auto doubles = c.doubles();
      const auto expected = tests::training_forward(c.network, doubles, c.images, c.dropout);
      const auto before = c.layers;
      Pass pass = c.pass({2, kernel, nullptr, Precision::kFloat, kStripBytes[seed % 2]});
      const auto logits = pass.forward(c.images, c.count, c.parameters(), c.dropout, 0.25);
      ASSERT_EQ(logits.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(logits[i], expected[i], 2e-3);
      for (std::size_t l = 0; l + 1 < c.layers.size(); ++l) {
        const LayerDescription& d = c.network.layer(l);
        if (!d.batch_norm) continue;
        const double values = static_cast<double>(c.count * d.sum_pixels());
        for (std::size_t n = 0; n < d.out_channels; ++n) {
          EXPECT_NEAR(c.layers[l].norm_mean[n],
                      0.75 * before[l].norm_mean[n] + 0.25 * doubles[l].batch_mean[n], 1e-3);
          EXPECT_NEAR(c.layers[l].norm_variance[n],
                      0.75 * before[l].norm_variance[n] +
                          0.25 * doubles[l].batch_variance[n] * values / (values - 1),
                      1e-3 * (1 + doubles[l].batch_variance[n]));
        }
      }
    }
  }
}

/// Central differences of the plain network in doubles. A step may cross a kink of ReLU6, where the
/// two sides differ: there the gradient lies between them.
void expect_gradient(const Case& c, std::vector<tests::TrainingLayer>& at, double& parameter,
                     float gradient, double tolerance) {
  constexpr double kStep = 1e-6;
  const double here = c.loss(at);
  const double kept = parameter;
  parameter = kept + kStep;
  const double right = (c.loss(at) - here) / kStep;
  parameter = kept - kStep;
  const double left = (here - c.loss(at)) / kStep;
  parameter = kept;
  EXPECT_GE(gradient, std::min(left, right) - tolerance);
  EXPECT_LE(gradient, std::max(left, right) + tolerance);
}

TEST(Pass, GradientsEqualFiniteDifferences) {
  for (const std::uint64_t seed : seeds()) {
    for (const std::string& kernel : kernel_names()) {
      Case c(seed);
      if (c.count > 20) c.count = 17 + seed % 3;
      c.images.resize(c.count * c.network.input.channels * c.network.input.height *
                      c.network.input.width);
      c.direction.resize(c.count * c.network.classes);
      if (!c.dropout.empty()) c.dropout.resize(c.count * c.network.classifier.columns.size());
      auto doubles = c.doubles();
      Pass pass = c.pass({1, kernel, nullptr, Precision::kFloat, kStripBytes[seed % 2]});
      static_cast<void>(pass.forward(c.images, c.count, c.parameters(), c.dropout));
      Gradients gradients(c);
      pass.backward(c.direction, gradients.targets());
      Random random(seed);
      for (std::size_t l = 0; l < c.layers.size(); ++l) {
        SCOPED_TRACE(kernel + " seed " + std::to_string(seed) + " layer " + std::to_string(l));
        if (c.network.layer(l).fixed) {
          EXPECT_EQ(gradients.weights[l], Floats(c.layers[l].weights.size(), 7.0F));
          continue;
        }
        double size = 0;
        for (const float g : gradients.weights[l]) size = std::max(size, std::abs(double{g}));
        const double tolerance = 2e-3 * (1 + size);
        for (int k = 0; k < 3; ++k) {
          const std::size_t w = random.below(c.layers[l].weights.size());
          const bool pruned = !c.layers[l].mask.empty() && c.layers[l].mask[w] == 0;
          if (pruned) {
            EXPECT_EQ(gradients.weights[l][w], 0);
          } else {
            expect_gradient(c, doubles, doubles[l].weights[w], gradients.weights[l][w], tolerance);
          }
        }
        const std::size_t n = random.below(c.layers[l].bias.size());
        if (!c.network.layer(l).batch_norm) {
          expect_gradient(c, doubles, doubles[l].bias[n], gradients.bias[l][n], tolerance);
        } else {
          expect_gradient(c, doubles, doubles[l].norm_weight[n], gradients.norm_weight[l][n],
                          tolerance);
          expect_gradient(c, doubles, doubles[l].norm_bias[n], gradients.norm_bias[l][n],
                          tolerance);
        }
      }
    }
  }
}

TEST(Pass, ThreadsChangeNothing) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Case once(seed);
    Case again(seed);
    Gradients first(once);
    Gradients second(again);
    Pass one = once.pass({1, ""});
    Pass five = again.pass({5, ""});
    const auto a = one.forward(once.images, once.count, once.parameters(), once.dropout);
    const auto b = five.forward(again.images, again.count, again.parameters(), again.dropout);
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
    one.backward(once.direction, first.targets());
    five.backward(again.direction, second.targets());
    EXPECT_EQ(first, second) << "seed " << seed;
  }
}

void expect_close(const std::vector<Floats>& actual, const std::vector<Floats>& expected,
                  const std::string& what) {
  for (std::size_t l = 0; l < expected.size(); ++l) {
    double size = 0, error = 0;
    for (std::size_t i = 0; i < expected[l].size(); ++i) {
      size += std::abs(expected[l][i]);
      error += std::abs(actual[l][i] - expected[l][i]);
    }
    EXPECT_LE(error, 1e-3 * size + 1e-3) << what << " of layer " << l;
  }
}

TEST(Pass, StripsChangeNothingButTheOrderOfSums) {
  for (const std::uint64_t seed : seeds()) {
    SCOPED_TRACE(seed);
    Case once(seed);
    Case again(seed);
    Gradients first(once, 0);
    Gradients second(again, 0);
    Pass whole = once.pass({2, ""});
    Pass rows = again.pass({2, "", nullptr, Precision::kFloat, 1});
    const auto a = whole.forward(once.images, once.count, once.parameters(), once.dropout);
    const auto b = rows.forward(again.images, again.count, again.parameters(), again.dropout);
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
    whole.backward(once.direction, first.targets());
    rows.backward(again.direction, second.targets());
    expect_close(first.weights, second.weights, "weights");
    expect_close(first.norm_weight, second.norm_weight, "norm weights");
    expect_close(first.norm_bias, second.norm_bias, "norm biases");
    expect_close(first.bias, second.bias, "biases");
  }
}

TEST(Pass, StepsOfOtherSizesLeaveNoTrace) {
  Case c(3);
  Pass used = c.pass({2, ""});
  const std::size_t image = c.images.size() / c.count;
  Gradients ignored(c);
  const auto parameters = c.parameters();
  for (const std::size_t count : {c.count, std::size_t{1}, std::size_t{2}}) {
    Case::Layer kept = c.layers[0];
    static_cast<void>(used.forward(std::span(c.images).first(count * image), count, parameters));
    used.backward(std::span(c.direction).first(count * c.network.classes), ignored.targets());
    static_cast<void>(used.infer(std::span(c.images).first(image), 1, parameters));
  }
  Case fresh = c;
  Pass unused = fresh.pass({2, ""});
  const auto a = used.forward(c.images, c.count, c.parameters(), c.dropout);
  const auto b = unused.forward(fresh.images, fresh.count, fresh.parameters(), fresh.dropout);
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  Gradients first(c);
  Gradients second(fresh);
  used.backward(c.direction, first.targets());
  unused.backward(fresh.direction, second.targets());
  EXPECT_EQ(first, second);
}

/// One partition's pass, forward and backward, over images [begin, end) of the case.
void run_share(Case& c, Gradients& gradients, Floats& logits, const PassOptions& options,
               std::size_t begin, std::size_t end) {
  const std::size_t image = c.images.size() / c.count;
  const std::size_t classes = c.network.classes;
  const std::size_t factors = c.dropout.size() / c.count;
  const auto inside = [&](auto& all, std::size_t each) {
    return std::span(all).subspan(begin * each, (end - begin) * each);
  };
  Pass pass = c.pass(options);
  const auto result = pass.forward(inside(c.images, image), end - begin, c.parameters(),
                                   inside(c.dropout, factors));
  logits.assign(result.begin(), result.end());
  pass.backward(inside(c.direction, classes), gradients.targets());
}

void add_to(std::vector<Floats>& sums, const std::vector<Floats>& more) {
  for (std::size_t l = 0; l < sums.size(); ++l)
    for (std::size_t i = 0; i < sums[l].size(); ++i) sums[l][i] += more[l][i];
}

// The whole batch's pass is the oracle. One partition is empty where the cut is at the batch's end.
TEST(Pass, SharesOfABatchAddUpToTheWhole) {
  for (const std::uint64_t seed : seeds()) {
    Case whole(seed);
    for (const std::size_t cut : {whole.count / 2, std::size_t{1}, whole.count}) {
      Case once(seed), first(seed), second(seed);
      Gradients expected(once, 0), actual(first, 0), rest(second, 0);
      Floats logits, low, high;
      run_share(once, expected, logits, {1, ""}, 0, once.count);
      tests::SpanSum sum(2);
      std::thread other([&] {
        run_share(second, rest, high, {1, "", sum.of_thread(1)}, cut, second.count);
      });
      run_share(first, actual, low, {1, "", sum.of_thread(0)}, 0, cut);
      other.join();
      low.insert(low.end(), high.begin(), high.end());
      const std::string where = fmt::format("seed {}, cut at {} of {}", seed, cut, whole.count);
      expect_close({low}, {logits}, "logits, " + where);
      add_to(actual.weights, rest.weights);
      add_to(actual.norm_weight, rest.norm_weight);
      add_to(actual.norm_bias, rest.norm_bias);
      add_to(actual.bias, rest.bias);
      expect_close(actual.weights, expected.weights, "weights, " + where);
      expect_close(actual.norm_weight, expected.norm_weight, "norm weights, " + where);
      expect_close(actual.norm_bias, expected.norm_bias, "norm biases, " + where);
      expect_close(actual.bias, expected.bias, "biases, " + where);
      for (std::size_t l = 0; l < once.layers.size(); ++l) {
        EXPECT_EQ(first.layers[l].norm_mean, second.layers[l].norm_mean) << where;
        expect_close({first.layers[l].norm_mean, first.layers[l].norm_variance},
                     {once.layers[l].norm_mean, once.layers[l].norm_variance},
                     "running statistics, " + where);
      }
    }
  }
}

TEST(Pass, InferenceUsesRunningStatistics) {
  for (const std::uint64_t seed : seeds()) {
    Case c(seed);
    c.dropout.clear();
    Pass pass = c.pass({2, "", nullptr, Precision::kFloat, kStripBytes[seed % 2]});
    // With a momentum of 1 the running statistics become the batch's, but for the bias of variance.
    static_cast<void>(pass.forward(c.images, c.count, c.parameters(), {}, 1.0));
    for (std::size_t l = 0; l + 1 < c.layers.size(); ++l) {
      const LayerDescription& d = c.network.layer(l);
      const auto values = static_cast<float>(c.count * d.sum_pixels());
      for (float& v : c.layers[l].norm_variance) v *= (values - 1) / values;
    }
    auto doubles = c.doubles();
    const auto expected = tests::training_forward(c.network, doubles, c.images);
    const auto logits = pass.infer(c.images, c.count, c.parameters());
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(logits[i], expected[i], 3e-3)
          << "seed " << seed << " image " << i / c.network.classes;
  }
}

double distance(const std::vector<Floats>& a, const std::vector<Floats>& b) {
  double difference = 0, size = 0;
  for (std::size_t l = 0; l < a.size(); ++l) {
    for (std::size_t i = 0; i < a[l].size(); ++i) {
      difference += std::pow(a[l][i] - b[l][i], 2);
      size += std::pow(b[l][i], 2);
    }
  }
  return difference == 0 ? 0 : std::sqrt(difference / size);
}

/// One step, and an evaluation with the statistics from before it.
struct Step {
  Case c;
  Gradients gradients;
  Floats logits, evaluated;

  Step(Case of, const PassOptions& options) : c(std::move(of)), gradients(c, 0) {
    Case untouched = c;
    Pass pass = c.pass(options);
    const auto result = pass.forward(c.images, c.count, c.parameters(), c.dropout);
    logits.assign(result.begin(), result.end());
    pass.backward(c.direction, gradients.targets());
    const auto inferred = pass.infer(c.images, c.count, untouched.parameters());
    evaluated.assign(inferred.begin(), inferred.end());
  }
};

/// A wide network without pruned weights.
Case wide_case(std::uint64_t seed) {
  Case c(wide_network(), seed);
  for (Case::Layer& layer : c.layers) layer.mask.clear();
  c.dropout.clear();
  return c;
}

void expect_gradients(const Step& actual, const Step& expected, double tolerance) {
  const Gradients& a = actual.gradients;
  const Gradients& b = expected.gradients;
  EXPECT_LE(distance(a.weights, b.weights), tolerance);
  EXPECT_LE(distance(a.norm_weight, b.norm_weight), tolerance);
  EXPECT_LE(distance(a.norm_bias, b.norm_bias), tolerance);
}

/// `tolerance` of gradients against those in floats: near a kink of ReLU6 rounding turns whole
/// gradients on or off.
void expect_bfloat_follows_float(const Case& c, std::size_t tile_bytes, double tolerance) {
  const Step portable(c, {1, "portable", nullptr, Precision::kBfloat16});
  for (const std::string& kernel : kernel_names()) {
    SCOPED_TRACE(kernel);
    const Step exact(c, {2, kernel});
    const Step rounded(c, {2, kernel, nullptr, Precision::kBfloat16, tile_bytes});
    // Of eight bits of mantissa.
    EXPECT_LE(distance({rounded.logits}, {exact.logits}), 2e-2);
    EXPECT_GT(distance({rounded.logits}, {exact.logits}), 1e-5);
    expect_gradients(rounded, exact, tolerance);
    // Processors that know bfloat16 compute what the others spell out.
    EXPECT_LE(distance({rounded.logits}, {portable.logits}), 1e-3);
    expect_gradients(rounded, portable, 2e-2);
    EXPECT_EQ(rounded.evaluated, exact.evaluated);
  }
}

TEST(Pass, BfloatProductsFollowFloatOnes) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_bfloat_follows_float(wide_case(seed), kStripBytes[seed % 2], 0.15);
  }
}

// Too small for products in bfloat16, sparse ones and residual additions among them: maps alone.
TEST(Pass, BfloatMapsFollowFloatOnes) {
  for (const std::uint64_t seed : seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_bfloat_follows_float(Case(seed), kStripBytes[seed % 2], 0.25);
  }
}

// Eight bits of mantissa hold every activation and weight of a network of whole parameters.
TEST(Pass, BfloatIsExactForWholeNumbers) {
  for (const std::string& kernel : kernel_names()) {
    Case c(wide_network(), 5);
    Random random(6);
    for (LayerDescription& d : c.network.all()) d.batch_norm = false;
    for (Case::Layer& layer : c.layers) {
      layer.mask.clear();
      for (float& w : layer.weights) w = static_cast<float>(random.below(255)) - 127;
      for (float& b : layer.bias) b = static_cast<float>(random.below(2000));
    }
    Pass floats = c.pass({1, kernel});
    Pass bfloats = c.pass({1, kernel, nullptr, Precision::kBfloat16});
    for (Pass* pass : {&floats, &bfloats}) pass->set_integer_scales({{9, 9, 9, 0}, 0});
    const auto a = floats.forward(c.images, c.count, c.parameters());
    const auto b = bfloats.forward(c.images, c.count, c.parameters());
    EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << kernel;
    EXPECT_GT(*std::max_element(a.begin(), a.end()), *std::min_element(a.begin(), a.end()));
  }
}

// What the tests above try.
TEST(Pass, SeedsHaveBranches) {
  std::size_t several = 0;  // maps that a layer reads
  std::size_t again = 0;    // maps that several layers read
  for (const std::uint64_t seed : seeds()) {
    const NetworkDescription network = Case(seed).network;
    std::vector<std::size_t> readers(network.hidden.size());
    for (std::size_t l = 1; l < network.hidden.size(); ++l) {
      const auto parts = parts_of(network, l);
      several += parts.size() > 1 ? 1 : 0;
      for (const LayerPart& part : parts) ++readers[*part.source];
    }
    again += static_cast<std::size_t>(std::ranges::count_if(readers, [](auto n) { return n > 1; }));
  }
  EXPECT_GE(several, tests::cases(10));
  EXPECT_GE(again, tests::cases(5));
}

TEST(Pass, ManyPrunedWeightsMakeALayerSparse) {
  Case c(2);
  Pass pass(c.network, {1, ""});
  EXPECT_FALSE(pass.sparse(0));
  const std::size_t size = c.layers[0].weights.size();
  Floats mask(size, 0.0F);
  pass.set_mask(0, mask);
  EXPECT_TRUE(pass.sparse(0));
  pass.set_mask(0, Floats(size, 1.0F));
  EXPECT_FALSE(pass.sparse(0));
}

TEST(Pass, UnknownKernelIsRefused) {
  const Case c(1);
  EXPECT_THROW(Pass(c.network, {1, "abacus"}), UserError);
}

}  // namespace
}  // namespace colcomb::backprop
