#pragma once

#include <string>

namespace colcomb::training {

/// The numeric address of this machine from which packets leave for `host`. (The machine's own
/// name will not do: many resolve it to a loopback address, which other machines cannot reach.)
/// Errors: UserError of kind usage naming MASTER_ADDR if the host is unknown, of kind failed if
/// there is no way to it.
[[nodiscard]] std::string address_towards(const std::string& host);

}  // namespace colcomb::training
