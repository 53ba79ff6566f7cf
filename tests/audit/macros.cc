// Macros: of an included file, for parts of a chain, for several elements of a list, without arguments; text in quotes
// stays as it is.
#include "paddle/extension.h"
#include "inputs/elsewhere.h"

#define REST .Outputs({"out"}).SetKernelFn(PD_KERNEL(BinaryKernel))
#define NAMES "x", "y"
#define WHOLE PD_BUILD_OP(whole).Inputs({"x"}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Nowhere));
#define SCALED(name, n) \
  PD_BUILD_OP(name##_n).Inputs({"x"}).Outputs({"out"}).Attrs({"n: int"}).SetKernelFn(PD_KERNEL(Scaled))

std::vector<paddle::Tensor> Scaled(const paddle::Tensor& x, int n) { return {x}; }

REGISTER_BINARY(by_header, BinaryKernel);

PD_BUILD_OP(by_parts).Inputs({NAMES}) REST;

WHOLE

SCALED(by_quotes, 3);
