//@ passes: bind-signature
//@ show: after

// The buffer that was made to be returned is copied into the caller's, and freed; the attribute stays last.
"xpu.signature"() {
  function = "made",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = [{name = "k", type = i32}]
} : () -> ()

func.func @made(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_mul"(%x, %k, %y) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return %y : memref<?xi32, "device">
}

// -----

// Returned once to stay a result and once to be bound: it is copied, and not freed.
"xpu.signature"() {
  function = "both",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}, {name = "z", type = i32}],
  attributes = []
} : () -> ()

func.func @both(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}, memref<?xi32, "device"> {xpu.name = "z", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_add"(%x, %x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %y, %y : memref<?xi32, "device">, memref<?xi32, "device">
}

// -----

// Bound twice: two copies, one free.
"xpu.signature"() {
  function = "twice",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}, {name = "z", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @twice(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "z"}, memref<?xi32, "device"> {xpu.name = "y"}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_add"(%x, %x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %y, %y : memref<?xi32, "device">, memref<?xi32, "device">
}

// -----

// An argument that is returned is not the program's to free.
"xpu.signature"() {
  function = "argument",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @argument(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// A transfer is under way into what is returned: it is waited for before the host reads and frees.
"xpu.signature"() {
  function = "under_way",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "host", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @under_way(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "host"> {xpu.name = "y", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.d2h"(%x, %y) : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  return %y : memref<?xi32, "host">
}

// -----

// A view of a buffer: the whole buffer is freed.
"xpu.signature"() {
  function = "view",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B - 1"], inplace}],
  attributes = []
} : () -> ()

func.func @view(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, strided<[1], offset: 1>, "device"> {xpu.name = "y"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %rest = arith.subi %B, %c1 : index
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_add"(%x, %x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  %v = memref.subview %y[1] [%rest] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1], offset: 1>, "device">
  return %v : memref<?xi32, strided<[1], offset: 1>, "device">
}

// -----

// In place already: it stays as it is.
"xpu.signature"() {
  function = "already",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @already(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"], xpu.output}) {
  "xpu.broadcast_add"(%x, %x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Without a signature nothing happens.

func.func @none(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}
