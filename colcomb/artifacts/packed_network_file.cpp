#include <utility>

#include "colcomb/artifacts/payload.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "packed_network_generated.h"

namespace colcomb {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

std::uint64_t bulk_bytes(const QuantizedNetwork& network) {
  std::uint64_t bytes = network.samples.pixels.size();
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const QuantizedLayer& layer = network.layer(i);
    bytes += 2 * layer.weights.values.size() + layer.padding.size() + layer.row_exponents.size() +
             layer.bias.size() * sizeof(std::int32_t) +
             layer.weights.columns * (sizeof(Column) + 2 * sizeof(std::uint32_t));
  }
  return bytes;
}

Offset<schema::QuantizedLayer> write_layer(FlatBufferBuilder& builder,
                                           const QuantizedLayer& layer) {
  const auto values = builder.CreateVector(layer.weights.values.values().data(),
                                           layer.weights.values.values().size());
  const auto selects = builder.CreateVector(layer.weights.selects.values().data(),
                                            layer.weights.selects.values().size());
  const auto groups = write_groups(builder, layer.weights.groups);
  const auto bias = builder.CreateVector(layer.bias);
  const auto padding = builder.CreateVector(layer.padding);
  const auto exponents = layer.row_exponents.empty() ? Offset<flatbuffers::Vector<std::uint8_t>>()
                                                     : builder.CreateVector(layer.row_exponents);
  return schema::CreateQuantizedLayer(builder, values, selects, groups, bias, layer.fraction_bits,
                                      padding, static_cast<schema::WeightCode>(layer.weight_code),
                                      exponents);
}

QuantizedLayer read_layer(PayloadReader& reader, const schema::QuantizedLayer& source,
                          const LayerDescription& description) {
  QuantizedLayer layer;
  layer.weights.groups = reader.groups(source.groups());
  layer.weights.columns = description.columns.size();
  const std::size_t rows = description.out_channels;
  const std::size_t cols = layer.weights.groups.size();
  std::vector<std::int8_t> values = reader.vector(source.values());
  std::vector<std::uint8_t> selects = reader.vector(source.selects());
  if (values.size() != rows * cols || selects.size() != rows * cols) reader.malformed();
  layer.weights.values = Matrix<std::int8_t>(rows, cols, std::move(values));
  layer.weights.selects = Matrix<std::uint8_t>(rows, cols, std::move(selects));
  layer.bias = reader.vector(source.bias());
  layer.fraction_bits = source.fraction_bits();
  layer.padding = reader.vector(source.padding());
  if (source.weight_code() > schema::WeightCode::MAX) reader.malformed();
  layer.weight_code = static_cast<WeightCode>(source.weight_code());
  if (source.row_exponents() != nullptr)
    layer.row_exponents = reader.vector(source.row_exponents());
  return layer;
}

/// The version of a file that holds the network (sealed_file.hpp).
std::uint32_t version_of(const QuantizedNetwork& network) {
  return has_row_exponents(network) ? kFileVersion : version_of(network.description);
}

QuantizedNetwork read_packed_payload(std::span<const std::uint8_t> payload, std::uint32_t version,
                                     const std::string& file) {
  PayloadReader reader(payload, file);
  const auto& root = reader.root<schema::PackedNetwork>();
  QuantizedNetwork network;
  network.description = reader.description(root.description());
  // First, since the matrices take their shapes from it.
  validate(network.description, file);
  if (reader.need(root.hidden()).size() != network.description.hidden.size()) reader.malformed();
  auto description = network.description.hidden.cbegin();
  network.hidden = reader.tables(root.hidden(), [&](const schema::QuantizedLayer& layer) {
    return read_layer(reader, layer, *description++);
  });
  network.classifier =
      read_layer(reader, reader.need(root.classifier()), network.description.classifier);
  network.pooling.fraction_bits = reader.need(root.pooling()).fraction_bits();
  network.origin = reader.text(root.origin());
  const schema::Samples& samples = reader.need(root.samples());
  network.samples = {reader.vector(samples.pixels()), reader.vector(samples.labels())};
  validate(network, file);
  require_version(version, version_of(network), file);
  return network;
}

}  // namespace

void save_packed_network(const QuantizedNetwork& network, const std::filesystem::path& path) {
  validate(network, path.string());
  require_payload_fits(bulk_bytes(network), path.string());
  FlatBufferBuilder builder = make_builder();
  const auto description = write_description(builder, network.description);
  std::vector<Offset<schema::QuantizedLayer>> layers;
  for (const QuantizedLayer& layer : network.hidden) layers.push_back(write_layer(builder, layer));
  const auto hidden = builder.CreateVector(layers);
  const auto classifier = write_layer(builder, network.classifier);
  const auto pooling = schema::CreatePooling(builder, network.pooling.fraction_bits);
  const auto origin = write_string(builder, network.origin);
  const auto pixels = builder.CreateVector(network.samples.pixels);
  const auto labels = builder.CreateVector(network.samples.labels);
  const auto samples = schema::CreateSamples(builder, pixels, labels);
  builder.Finish(schema::CreatePackedNetwork(builder, description, hidden, classifier, pooling,
                                             origin, samples));
  save_sealed(FileKind::kPackedNetwork, {builder.GetBufferPointer(), builder.GetSize()}, path,
              version_of(network));
}

QuantizedNetwork load_packed_network(const std::filesystem::path& path) {
  const SealedFile file(FileKind::kPackedNetwork, path);
  return read_packed_payload(file.payload(), file.version(), path.string());
}

QuantizedNetwork read_packed_network(std::span<const std::byte> content, const std::string& name) {
  const auto payload = verified_payload(FileKind::kPackedNetwork, content, name);
  return read_packed_payload(payload, version_in(content), name);
}

}  // namespace colcomb
