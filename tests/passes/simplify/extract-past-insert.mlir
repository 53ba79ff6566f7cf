//@ passes: simplify

// Three arrays packed into one, and taken out again.
func.func @packed(
    %a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["n"]}, %c: memref<?xi32, "device"> {xpu.shape = ["n"]},
    %out0: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %out1: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %out2: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %n2 = arith.addi %n, %n : index
  %n3 = arith.addi %n2, %n : index
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %z = "xpu.read"(%c) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %0 = tensor.empty(%n3) : tensor<?xi32, "device">
  %1 = tensor.insert_slice %x into %0[%c0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %2 = tensor.insert_slice %y into %1[%n] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %3 = tensor.insert_slice %z into %2[%n2] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %first = tensor.extract_slice %3[%c0] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  %second = tensor.extract_slice %3[%n] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  %third = tensor.extract_slice %3[%n2] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%first, %out0) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.into"(%second, %out1) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.into"(%third, %out2) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A number that may be negative is no distance.
func.func @perhaps_overlapping(
    %a: memref<?xi32, "device"> {xpu.shape = ["m"]}, %b: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: index {xpu.name = "k"},
    %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %b, %c0 : memref<?xi32, "device">
  %behind = arith.addi %n, %k : index
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %0 = tensor.insert_slice %y into %x[%c0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %z = tensor.extract_slice %0[%behind] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
