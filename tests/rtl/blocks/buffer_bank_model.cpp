#include "colcomb/base/random.hpp"
#include "colcomb/simulation/machine/buffer.hpp"
#include "tests/rtl/blocks/block_list.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Buffer;

class BufferBankModel : public BlockModel {
 public:
  BufferBankModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        words_(parameters.at("Words")),
        bytes_(parameters.at("Width") / 8),
        address_bits_(parameters.at("AddressBits")),
        buffer_("bank", shape()),
        written_(words_) {}

  std::vector<Wire> inputs() const override {
    return {{"read", 1},
            {"read_address", address_bits_},
            {"write", 1},
            {"write_address", address_bits_},
            {"word", 8 * bytes_}};
  }
  std::vector<Wire> outputs() const override { return {{"word", 8 * bytes_}}; }

  bool has_reset() const override { return false; }

  void clock(WireValues& in, WireValues& out) override {
    const std::uint64_t read_at = random_.below(words_);
    const std::uint64_t write_at = random_.below(words_);
    const bool writes = random_.below(2) == 0;
    const bool reads =
        written_[read_at] && !(writes && read_at == write_at) && random_.below(3) != 0;
    std::vector<std::uint8_t> word(bytes_);
    in.put(reads);
    in.put(read_at, address_bits_);
    in.put(writes);
    in.put(write_at, address_bits_);
    for (std::uint8_t& byte : word) {
      byte = static_cast<std::uint8_t>(random_.below(256));
      in.put(byte, 8);
    }
    if (reads) buffer_.read(0, 0, read_at * bytes_, bytes_);
    if (writes) {
      buffer_.write(0, write_at * bytes_, word);
      written_[write_at] = true;
    }
    buffer_.commit();
    known_ = known_ || reads;
    if (!known_) return out.put_unknown(8 * bytes_);
    for (std::size_t i = 0; i < bytes_; ++i) out.put(buffer_.out(0)[i], 8);
  }

 private:
  [[nodiscard]] Buffer::Shape shape() const {
    Buffer::Shape shape;
    shape.bank_bytes = words_ * bytes_;
    shape.read_bytes = bytes_;
    return shape;
  }

  Random random_;
  std::size_t words_;
  std::size_t bytes_;
  std::size_t address_bits_;
  Buffer buffer_;
  std::vector<bool> written_;
  bool known_ = false;  // a word was read
};

}  // namespace

std::unique_ptr<BlockModel> make_buffer_bank(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<BufferBankModel>(parameters, seed);
}

}  // namespace colcomb::tests
