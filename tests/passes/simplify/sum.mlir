//@ passes: simplify

// (x + y) - y is x.
func.func @there_and_back(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_add"(%x, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_sub"(%a, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// x + y and y + x are computed once.
func.func @twins(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_add"(%x, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.broadcast_add"(%y, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_mul"(%a, %b) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// (x + y + k) - x is written anew: y + k.
func.func @cancelled(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_add"(%x, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.broadcast_add"(%a, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_sub"(%b, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// x - x is 0, of the size of x.
func.func @nothing(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_sub"(%x, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Nothing to be done: the order stays.
func.func @as_written(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_add"(%y, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_add"(%x, %a) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
