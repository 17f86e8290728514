#include "colcomb/artifacts/checkpoint.hpp"

#include <optional>
#include <utility>

#include "checkpoint_generated.h"
#include "colcomb/artifacts/payload.hpp"
#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/sealed_file.hpp"

namespace colcomb {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

std::uint64_t bulk_bytes(const Checkpoint& checkpoint) {
  std::uint64_t bytes = checkpoint.training.history.size() * 2 * sizeof(EpochRecord);
  for (const IdentityField& field : checkpoint.training.identity.fields)
    bytes += field.name.size() + field.value.size() + 6 * sizeof(std::uint32_t);
  const FloatNetwork& network = checkpoint.network;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const FloatLayer& layer = network.layer(i);
    bytes += layer.weights.size() * sizeof(float) + layer.mask.size() +
             layer.weights.cols() * (sizeof(Column) + 2 * sizeof(std::uint32_t));
  }
  for (const NamedTensor& tensor : checkpoint.training.optimizer)
    bytes += tensor.values.size() * sizeof(float);
  if (checkpoint.training.allocation) {
    for (const LayerAllocation& layer : checkpoint.training.allocation->layers)
      bytes += layer.name.size() + layer.reason.size() + 2 * sizeof(LayerAllocation);
  }
  return bytes;
}

template <class T>
flatbuffers::Optional<T> in_schema(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

template <class T>
std::optional<T> from_schema(const flatbuffers::Optional<T>& value) {
  return value ? std::optional<T>(*value) : std::nullopt;
}

Offset<schema::BatchNorm> write_batch_norm(FlatBufferBuilder& builder, const BatchNorm& norm) {
  const auto weight = builder.CreateVector(norm.weight);
  const auto bias = builder.CreateVector(norm.bias);
  const auto mean = builder.CreateVector(norm.mean);
  const auto variance = builder.CreateVector(norm.variance);
  return schema::CreateBatchNorm(builder, weight, bias, mean, variance);
}

Offset<schema::FloatLayer> write_layer(FlatBufferBuilder& builder, const FloatLayer& layer) {
  const auto weights =
      builder.CreateVector(layer.weights.values().data(), layer.weights.values().size());
  const auto mask = builder.CreateVector(layer.mask.values().data(), layer.mask.values().size());
  const auto groups =
      layer.groups ? write_groups(builder, *layer.groups) : Offset<schema::ColumnGroups>();
  const auto norm =
      layer.batch_norm ? write_batch_norm(builder, *layer.batch_norm) : Offset<schema::BatchNorm>();
  const auto bias = builder.CreateVector(layer.bias);
  return schema::CreateFloatLayer(builder, weights, mask, groups, norm, bias);
}

Offset<schema::Allocation> write_allocation(FlatBufferBuilder& builder,
                                            const AllocationReport& allocation) {
  std::vector<Offset<schema::LayerAllocation>> lines;
  for (const LayerAllocation& l : allocation.layers) {
    const auto name = write_string(builder, l.name);
    const auto reason = write_string(builder, l.reason);
    lines.push_back(schema::CreateLayerAllocation(builder, name, l.rows, l.columns, l.least,
                                                  l.groups, l.tiles, l.cost, l.retained, reason));
  }
  const auto array = write_string(builder, allocation.array);
  const auto target = write_string(builder, allocation.target);
  const auto layers = builder.CreateVector(lines);
  return schema::CreateAllocation(
      builder, array, target, layers, allocation.tiles, allocation.latency, allocation.interval,
      allocation.macs, in_schema(allocation.limit), in_schema(allocation.least),
      in_schema(allocation.spent), in_schema(allocation.retained), in_schema(allocation.bound));
}

Offset<schema::TrainingState> write_training(FlatBufferBuilder& builder,
                                             const TrainingState& state) {
  std::vector<Offset<schema::IdentityField>> fields;
  for (const IdentityField& field : state.identity.fields) {
    const auto name = write_string(builder, field.name);
    const auto value = write_string(builder, field.value);
    fields.push_back(schema::CreateIdentityField(builder, name, value));
  }
  const auto identity = builder.CreateVector(fields);
  std::vector<Offset<schema::NamedTensor>> tensors;
  for (const NamedTensor& tensor : state.optimizer) {
    const auto name = write_string(builder, tensor.name);
    const auto shape = builder.CreateVector(tensor.shape);
    const auto values = builder.CreateVector(tensor.values);
    tensors.push_back(schema::CreateNamedTensor(builder, name, shape, values));
  }
  const auto optimizer = builder.CreateVector(tensors);
  std::vector<Offset<schema::EpochRecord>> records;
  for (const EpochRecord& r : state.history) {
    records.push_back(schema::CreateEpochRecord(
        builder, r.epoch, r.learning_rate, r.train_loss, r.validation_loss, r.validation_top1,
        r.test_loss, r.test_top1, r.test_top5, r.nonzeros, r.packed_macs, r.utilization,
        r.retained_magnitude, r.regrouped_columns, r.seconds));
  }
  const auto history = builder.CreateVector(records);
  const auto allocation = state.allocation ? write_allocation(builder, *state.allocation)
                                           : Offset<schema::Allocation>();
  return schema::CreateTrainingState(builder, state.epochs_done, state.prunings_done,
                                     state.prune_fraction, identity, optimizer, history,
                                     allocation);
}

/// True if a tensor of `shape` has `count` elements.
bool holds(const std::vector<std::int64_t>& shape, std::size_t count) {
  std::size_t left = count;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return false;
    if (extent == 0) empty = true;
  }
  if (empty) return count == 0;
  for (const std::int64_t extent : shape) {
    if (left % static_cast<std::size_t>(extent) != 0) return false;
    left /= static_cast<std::size_t>(extent);
  }
  return left == 1;
}

FloatLayer read_layer(PayloadReader& reader, const schema::FloatLayer& source,
                      const LayerDescription& description) {
  FloatLayer layer;
  const std::size_t rows = description.out_channels;
  const std::size_t cols = description.columns.size();
  std::vector<float> weights = reader.vector(source.weights());
  std::vector<std::uint8_t> mask = reader.vector(source.mask());
  if (weights.size() != rows * cols) reader.malformed();
  if (!mask.empty() && mask.size() != rows * cols) reader.malformed();
  layer.weights = Matrix<float>(rows, cols, std::move(weights));
  if (!mask.empty()) layer.mask = Matrix<std::uint8_t>(rows, cols, std::move(mask));
  if (source.groups() != nullptr) layer.groups = reader.groups(source.groups());
  if (const auto* const norm = source.batch_norm(); norm != nullptr) {
    layer.batch_norm = BatchNorm{reader.vector(norm->weight()), reader.vector(norm->bias()),
                                 reader.vector(norm->mean()), reader.vector(norm->variance())};
  }
  layer.bias = reader.vector(source.bias());
  return layer;
}

AllocationReport read_allocation(PayloadReader& reader, const schema::Allocation& source) {
  AllocationReport result;
  result.array = reader.text(source.array());
  result.target = reader.text(source.target());
  result.layers = reader.tables(source.layers(), [&](const schema::LayerAllocation& l) {
    return LayerAllocation{reader.text(l.name()),
                           l.rows(),
                           l.columns(),
                           l.least(),
                           l.groups(),
                           l.tiles(),
                           l.cost(),
                           l.retained(),
                           reader.text(l.reason())};
  });
  result.tiles = source.tiles();
  result.latency = source.latency();
  result.interval = source.interval();
  result.macs = source.macs();
  result.limit = from_schema(source.limit());
  result.least = from_schema(source.least());
  result.spent = from_schema(source.spent());
  result.retained = from_schema(source.retained());
  result.bound = from_schema(source.bound());
  return result;
}

TrainingState read_training(PayloadReader& reader, const schema::TrainingState& source) {
  TrainingState state;
  state.epochs_done = source.epochs_done();
  state.prunings_done = source.prunings_done();
  state.prune_fraction = source.prune_fraction();
  state.identity.fields = reader.tables(source.identity(), [&](const schema::IdentityField& f) {
    return IdentityField{reader.text(f.name()), reader.text(f.value())};
  });
  state.optimizer = reader.tables(source.optimizer(), [&reader](const schema::NamedTensor& t) {
    NamedTensor tensor{reader.text(t.name()), reader.vector(t.shape()), reader.vector(t.values())};
    if (!holds(tensor.shape, tensor.values.size())) reader.malformed();
    return tensor;
  });
  state.history = reader.tables(source.history(), [](const schema::EpochRecord& r) {
    return EpochRecord{r.epoch(),
                       r.learning_rate(),
                       r.train_loss(),
                       r.validation_loss(),
                       r.validation_top1(),
                       r.test_loss(),
                       r.test_top1(),
                       r.test_top5(),
                       r.nonzeros(),
                       r.packed_macs(),
                       r.utilization(),
                       r.retained_magnitude(),
                       r.regrouped_columns(),
                       r.seconds()};
  });
  if (source.allocation() != nullptr)
    state.allocation = read_allocation(reader, *source.allocation());
  return state;
}

Checkpoint read_checkpoint_payload(std::span<const std::uint8_t> payload, std::uint32_t version,
                                   const std::string& file) {
  PayloadReader reader(payload, file);
  const auto& root = reader.root<schema::Checkpoint>();
  Checkpoint checkpoint;
  FloatNetwork& network = checkpoint.network;
  network.description = reader.description(root.description());
  // First, since the matrices take their shapes from it.
  validate(network.description, file);
  require_version(version, version_of(network.description), file);
  if (reader.need(root.hidden()).size() != network.description.hidden.size()) reader.malformed();
  auto description = network.description.hidden.cbegin();
  network.hidden = reader.tables(root.hidden(), [&](const schema::FloatLayer& layer) {
    return read_layer(reader, layer, *description++);
  });
  network.classifier =
      read_layer(reader, reader.need(root.classifier()), network.description.classifier);
  checkpoint.training = read_training(reader, reader.need(root.training()));
  checkpoint.origin = reader.text(root.origin());
  validate(checkpoint, file);
  return checkpoint;
}

}  // namespace

void validate(const Checkpoint& checkpoint, const std::string& where) {
  validate(checkpoint.network, where);
  require_printable(checkpoint.origin, where, "origin");
  for (const IdentityField& field : checkpoint.training.identity.fields) {
    require_printable(field.name, where, "name of an identity field");
    require_printable(field.value, where, "identity field " + field.name);
  }
  for (const NamedTensor& tensor : checkpoint.training.optimizer)
    require_printable(tensor.name, where, "name of an optimizer tensor");
  if (!checkpoint.training.allocation) return;
  const AllocationReport& allocation = *checkpoint.training.allocation;
  require_printable(allocation.array, where, "array of the allocation");
  require_printable(allocation.target, where, "target of the allocation");
  for (const LayerAllocation& layer : allocation.layers) {
    require_printable(layer.name, where, "layer of the allocation");
    require_printable(layer.reason, where, "reason of the allocation");
  }
}

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  validate(checkpoint, path.string());
  for (const NamedTensor& tensor : checkpoint.training.optimizer)
    COLCOMB_CHECK(holds(tensor.shape, tensor.values.size()), "tensor values do not fill its shape");
  require_payload_fits(bulk_bytes(checkpoint), path.string());
  FlatBufferBuilder builder = make_builder();
  const auto description = write_description(builder, checkpoint.network.description);
  std::vector<Offset<schema::FloatLayer>> layers;
  for (const FloatLayer& layer : checkpoint.network.hidden)
    layers.push_back(write_layer(builder, layer));
  const auto hidden = builder.CreateVector(layers);
  const auto classifier = write_layer(builder, checkpoint.network.classifier);
  const auto training = write_training(builder, checkpoint.training);
  const auto origin = write_string(builder, checkpoint.origin);
  builder.Finish(
      schema::CreateCheckpoint(builder, description, hidden, classifier, training, origin));
  save_sealed(FileKind::kCheckpoint, {builder.GetBufferPointer(), builder.GetSize()}, path,
              version_of(checkpoint.network.description));
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const SealedFile file(FileKind::kCheckpoint, path);
  return read_checkpoint_payload(file.payload(), file.version(), path.string());
}

Checkpoint read_checkpoint(std::span<const std::byte> content, const std::string& name) {
  const auto payload = verified_payload(FileKind::kCheckpoint, content, name);
  return read_checkpoint_payload(payload, version_in(content), name);
}

}  // namespace colcomb
