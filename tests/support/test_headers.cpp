// The program whose headers all tests share: see cmake/ColcombRoom.cmake.
int main() {
  return 0;
}
