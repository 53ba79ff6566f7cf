//@ passes: simplify

// Where the mask is set, the inner choice is known.
func.func @select_twice(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %m = "xpu.compare"(%x, %k) {predicate = "slt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %a = "xpu.select"(%m, %x, %y) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %z = "xpu.broadcast_add"(%y, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.select"(%m, %a, %z) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Another mask says nothing.
func.func @select_other_mask(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %m = "xpu.compare"(%x, %k) {predicate = "slt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %o = "xpu.compare"(%y, %k) {predicate = "slt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %a = "xpu.select"(%o, %x, %y) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %z = "xpu.broadcast_add"(%y, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.select"(%m, %a, %z) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
