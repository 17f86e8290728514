#include "colcomb/training/run_identity.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "tests/support/shades_run.hpp"

namespace colcomb::training {
namespace {

using Fixture = tests::ShadesRun;

RunIdentity identity(const Fixture& f) {
  return identity_of(f.options, Resolved{"native", "cpu"}, f.description, f.data());
}

/// Name of the first field in which the run after `change` differs from the one before; "" if none.
std::string first_difference(const std::function<void(Fixture&)>& prepare,
                             const std::function<void(Fixture&)>& change) {
  Fixture before, after;
  prepare(before);
  prepare(after);
  change(after);
  const RunIdentity a = identity(before), b = identity(after);
  for (const IdentityField& field : b.fields) {
    const std::string* const was = a.find(field.name);
    if (!was || *was != field.value) return field.name;
  }
  return a.fields.size() == b.fields.size() ? "" : "a field is gone";
}

std::string changed_by(const std::function<void(Fixture&)>& change) {
  return first_difference([](Fixture&) {}, change);
}

std::string changed_by(const std::function<void(TrainOptions&)>& change) {
  return changed_by([&](Fixture& f) { change(f.options); });
}

TEST(RunIdentityOf, SeesEveryOptionThatChangesNumbers) {
  using O = TrainOptions&;
  EXPECT_EQ(changed_by([](O o) { o.batch_size = 8; }), "batch_size");
  EXPECT_EQ(changed_by([](O o) { o.epochs = 9; }), "epochs");
  EXPECT_EQ(changed_by([](O o) { o.learning_rate = 0.3; }), "learning_rate");
  EXPECT_EQ(changed_by([](O o) { o.momentum = 0.3; }), "momentum");
  EXPECT_EQ(changed_by([](O o) { o.weight_decay = 0.3; }), "weight_decay");
  EXPECT_EQ(changed_by([](O o) { o.l1_penalty = 0.3; }), "l1_penalty");
  EXPECT_EQ(changed_by([](O o) { o.precision = "bf16"; }), "precision");
  EXPECT_EQ(changed_by([](O o) { o.seed = 1ULL << 63U; }), "seed");
  EXPECT_EQ(changed_by([](O o) { o.sync_batch_norm = false; }), "sync_batch_norm");
  EXPECT_EQ(changed_by([](O o) { o.pruning.schedule = Schedule::kNone; }), "pruning.schedule");
  EXPECT_EQ(changed_by([](O o) { o.pruning.rate = 0.3; }), "pruning.rate");
  EXPECT_EQ(changed_by([](O o) { o.pruning.rate_alpha_one = 0.3; }), "pruning.rate_alpha_one");
  EXPECT_EQ(changed_by([](O o) { o.pruning.steps = 3; }), "pruning.steps");
  EXPECT_EQ(changed_by([](O o) { o.pruning.until = 0.3; }), "pruning.until");
  EXPECT_EQ(changed_by([](O o) { o.combining.gamma = 0.3; }), "combining.gamma");
  EXPECT_EQ(changed_by([](O o) { o.combining.policy = combining::GroupingPolicy::kPairwise; }),
            "combining.policy");
  EXPECT_EQ(changed_by([](O o) { o.combining.fill_empty_cells = false; }),
            "combining.fill_empty_cells");
  EXPECT_EQ(changed_by([](O o) { o.combining.regroup_every = 3; }), "combining.regroup_every");
  EXPECT_EQ(changed_by([](O o) { o.combining.gamma_ramp = false; }), "combining.gamma_ramp");
  EXPECT_EQ(changed_by([](O o) { o.quantization_aware.epochs = 1; }), "quantization_aware.epochs");
  EXPECT_EQ(changed_by([](O o) { o.recipe.label_smoothing = 0.3; }), "recipe.label_smoothing");
  EXPECT_EQ(changed_by([](O o) { o.recipe.warm_up_epochs = 0.3; }), "recipe.warm_up_epochs");
  EXPECT_EQ(changed_by([](O o) { o.recipe.nesterov = true; }), "recipe.nesterov");
  EXPECT_EQ(changed_by([](O o) { o.recipe.mixup = 0.3; }), "recipe.mixup");
  EXPECT_EQ(changed_by([](O o) { o.recipe.average_decay = 0.3; }), "recipe.average_decay");
  EXPECT_EQ(changed_by([](O o) { o.recipe.patience = 3; }), "recipe.patience");
}

TEST(RunIdentityOf, SeesTheScalesOfQuantizationAwareEpochs) {
  const auto epochs = [](Fixture& f) { f.options.quantization_aware.epochs = 1; };
  EXPECT_EQ(
      first_difference(
          epochs, [](Fixture& f) { f.options.quantization_aware.scales = WeightScales::kChannel; }),
      "quantization_aware.scales");
}

TEST(RunIdentityOf, SeesTheIterativeSchedulesOptions) {
  const auto changed = [](const std::function<void(PruningOptions&)>& change) {
    return first_difference([](Fixture& f) { f.options.pruning.schedule = Schedule::kIterative; },
                            [&](Fixture& f) { change(f.options.pruning); });
  };
  EXPECT_EQ(changed([](PruningOptions& p) { p.beta = 0.3; }), "pruning.beta");
  EXPECT_EQ(changed([](PruningOptions& p) { p.beta_decay = 0.3; }), "pruning.beta_decay");
  EXPECT_EQ(changed([](PruningOptions& p) { p.rho = 3; }), "pruning.rho");
  EXPECT_EQ(changed([](PruningOptions& p) { p.retrain_epochs = 3; }), "pruning.retrain_epochs");
  EXPECT_EQ(changed([](PruningOptions& p) { p.rate = 0.3; }), "");  // the cubic schedule's
}

TEST(RunIdentityOf, SeesTheArrayAndWhatIsMadeOfIt) {
  const auto changed = [](const std::function<void(TrainOptions&)>& change) {
    return first_difference([](Fixture& f) { f.options.allocation.array = ArrayConfig(); },
                            [&](Fixture& f) { change(f.options); });
  };
  using O = TrainOptions&;
  EXPECT_EQ(changed([](O o) { o.allocation.array->rows = 16; }), "allocation.array");
  EXPECT_EQ(changed([](O o) { o.allocation.array->weight_bytes = 16; }), "allocation.array");
  EXPECT_EQ(changed([](O o) { o.allocation.array->name = "other"; }), "");
  EXPECT_EQ(changed([](O o) { o.allocation.budget = allocation::parse_budget("tiles=9"); }),
            "budget");
  EXPECT_EQ(changed([](O o) { o.allocation.importance = allocation::Importance::kFisher; }),
            "allocation.importance");
  EXPECT_EQ(changed([](O o) { o.pruning.steps = 3; }), "pruning.steps");
  EXPECT_EQ(changed([](O o) { o.pruning.until = 0.3; }), "pruning.until");
  EXPECT_EQ(changed([](O o) { o.combining.regroup_every = 3; }), "combining.regroup_every");
  EXPECT_EQ(changed([](O o) { o.pruning.rate = 0.3; }), "");  // the paper's combining alone
  EXPECT_EQ(changed([](O o) { o.combining.gamma = 0.3; }), "");
}

TEST(RunIdentityOf, SeesFilesByTheirContent) {
  const auto write = [](const Fixture& f, const std::string& text) {
    std::ofstream(f.folder / "file") << text;
    return f.folder / "file";
  };
  const auto load = [&](const char* text) {
    return [&write, text](Fixture& f) { f.options.load_path = write(f, text); };
  };
  EXPECT_EQ(changed_by(load("abc")), "load_path");
  EXPECT_EQ(first_difference(load("abc"), load("abc")), "");  // in another folder
  EXPECT_EQ(first_difference(load("abc"), load("abd")), "load_path");
  EXPECT_EQ(first_difference(load("abc"), [](Fixture& f) { f.options.keep_combined = true; }),
            "keep_combined");
  const auto teach = [&](const char* text) {
    return [&write, text](Fixture& f) { f.options.recipe.teacher = write(f, text); };
  };
  EXPECT_EQ(first_difference(teach("abc"), teach("abd")), "recipe.teacher");
  EXPECT_EQ(first_difference(teach("abc"), [](Fixture& f) { f.options.recipe.temperature = 1; }),
            "recipe.temperature");
}

TEST(RunIdentityOf, SeesTheNetwork) {
  EXPECT_EQ(changed_by([](Fixture& f) { f.description.layer(1).alpha = 8; }),
            "network." + Fixture().description.layer(1).name);
  EXPECT_EQ(changed_by([](Fixture& f) { f.description.layer(2).columns[3].dy ^= 1; }),
            "network." + Fixture().description.layer(2).name);
  EXPECT_EQ(changed_by([](Fixture& f) { f.description.dropout = 0.5; }), "network.dropout");
  EXPECT_EQ(changed_by([](Fixture& f) { f.description.input.std = {0.5}; }), "network.input");
}

/// The same images but for one pixel of image 30 and, if asked for, the label of image 31.
class Retouched : public tests::Shades {
 public:
  using Shades::Shades;
  bool relabel = false;
  [[nodiscard]] dataset::Image read(std::size_t i) const override {
    dataset::Image image = Shades::read(i);
    if (i == 30 && !relabel) image.pixels[5] ^= 1;
    return image;
  }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return relabel && i == 31 ? 0 : Shades::label(i);
  }
};

TEST(RunIdentityOf, SeesTheImages) {
  const Fixture f;
  const RunIdentity plain = identity(f);
  const auto difference = [&](const TrainData& data) -> std::string {
    const RunIdentity other =
        identity_of(f.options, Resolved{"native", "cpu"}, f.description, data);
    for (const IdentityField& field : other.fields) {
      const std::string* const was = plain.find(field.name);
      if (!was || *was != field.value) return field.name;
    }
    return "";
  };
  EXPECT_EQ(difference(f.data()), "");
  TrainData fewer = f.data();
  fewer.train.pop_back();
  EXPECT_EQ(difference(fewer), "data.train");
  TrainData exchanged = f.data();
  std::swap(exchanged.train.back(), exchanged.validation.back());
  EXPECT_EQ(difference(exchanged), "data.train");
  TrainData shorter = f.data();
  shorter.test.pop_back();
  EXPECT_EQ(difference(shorter), "data.test");
  TrainData asked = f.data();
  asked.source = {{"data.sample_ratio", "0.05"}};
  EXPECT_EQ(difference(asked), "data.sample_ratio");
  TrainData moved = f.data();
  moved.train_transform.padding = 2;
  EXPECT_EQ(difference(moved), "data.crop_padding");
  TrainData cut = f.data();
  cut.train_transform.cutout = 2;
  EXPECT_EQ(difference(cut), "data.cutout");

  Retouched test_set(40);  // 40 images are all sampled
  const auto with_test_set = [&] {
    const TrainData d = f.data();
    return TrainData{d.train_set, test_set,          d.train,         d.validation,
                     d.test,      d.train_transform, d.test_transform};
  };
  EXPECT_EQ(difference(with_test_set()), "data.test");
  test_set.relabel = true;
  EXPECT_EQ(difference(with_test_set()), "data.test");
}

TEST(RunIdentityOf, NamesWhatComputes) {
  const Fixture f;
  const RunIdentity gpu =
      identity_of(f.options, Resolved{"autograd", "cuda"}, f.description, f.data());
  EXPECT_EQ(*gpu.find("backend"), "autograd");
  EXPECT_EQ(*gpu.find("device"), "cuda");
}

}  // namespace
}  // namespace colcomb::training
