#include "colcomb/training/workers/local_address.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

/// Connecting a datagram socket sends nothing, but makes the system choose the way. Empty: no way.
std::string source_address(const addrinfo& target) {
  const int handle = ::socket(target.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return "";
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  char text[NI_MAXHOST] = "";
  auto* const address = reinterpret_cast<sockaddr*>(&own);
  const bool found =
      ::connect(handle, target.ai_addr, target.ai_addrlen) == 0 &&
      ::getsockname(handle, address, &size) == 0 &&
      ::getnameinfo(address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0;
  const int error = errno;
  ::close(handle);
  errno = error;
  return found ? text : "";
}

}  // namespace

std::string address_towards(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  // A port is needed to connect, any will do.
  const int status = ::getaddrinfo(host.c_str(), "9", &hints, &list);
  if (status != 0) throw usage_error("MASTER_ADDR", host, ::gai_strerror(status));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, ::freeaddrinfo);
  for (const addrinfo* target = list; target != nullptr; target = target->ai_next) {
    if (const std::string found = source_address(*target); !found.empty()) return found;
  }
  throw failure("MASTER_ADDR " + host, std::strerror(errno));
}

}  // namespace colcomb::training
