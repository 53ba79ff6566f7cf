//@ passes: raise
// `scf.if` becomes straight-line code and lazy selects.

// A value that one branch writes.
func.func @then(%c: i1, %x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.constant"(%c0, %tmp) : (i32, memref<?xi32, "host">) -> ()
  scf.if %c {
    "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  }
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A value that both branches write: no trace of what it was before.
func.func @then_else(%c: i1, %x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  scf.if %c {
    "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  } else {
    "xpu.constant"(%c0, %tmp) : (i32, memref<?xi32, "host">) -> ()
  }
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Memory that one branch writes: where the condition fails, its old content is written back.
func.func @memory(%c: i1, %x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  scf.if %c {
    "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  }
  return
}

// -----

// Memory that the other branch writes.
func.func @memory_else(%c: i1, %x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  scf.if %c {
  } else {
    "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  }
  return
}

// -----

// Memory that both branches write: the second `into` must not undo the first where the condition holds.
func.func @memory_both(%c: i1, %x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %c0 = arith.constant 0 : i32
  scf.if %c {
    "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  } else {
    "xpu.constant"(%c0, %out) : (i32, memref<?xi32, "device">) -> ()
  }
  return
}

// -----

// Memory read in the second branch after a write in the first that may have hit it: %a as it was, since only one
// branch ran.
func.func @memory_across(%c: i1, %a: memref<?xi32, "host">, %b: memref<?xi32, "host">, %out: memref<?xi32, "host"> {xpu.noalias}) {
  %c0 = arith.constant 0 : i32
  scf.if %c {
    "xpu.constant"(%c0, %b) : (i32, memref<?xi32, "host">) -> ()
  } else {
    "xpu.copy"(%a, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  }
  return
}

// -----

// A branch in a branch: written only where both conditions hold.
func.func @nested(%c: i1, %d: i1, %x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">, %local_out: memref<?xi32, "host"> {xpu.noalias}) {
  %c0 = arith.constant 0 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.constant"(%c0, %tmp) : (i32, memref<?xi32, "host">) -> ()
  scf.if %c {
    scf.if %d {
      "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
      "xpu.cumsum"(%x, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    }
  }
  "xpu.copy"(%tmp, %local_out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// What a branch yields.
func.func @yields(%c: i1, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %i = arith.constant 0 : index
  %c1 = arith.constant 1 : i32
  %k = scf.if %c -> (i32) {
    %first = memref.load %x[%i] : memref<?xi32, "host">
    scf.yield %first : i32
  } else {
    scf.yield %c1 : i32
  }
  "xpu.constant"(%k, %out) : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// A temporary of the branch is gone after it.
func.func @temporary(%c: i1, %x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  scf.if %c {
    %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
    "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    "xpu.cumsum"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    "xpu.free"(%tmp) : (memref<?xi32, "host">) -> ()
  }
  return
}

// -----

// A part of a buffer that one branch writes.
func.func @part(%c: i1, %n: index, %m: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.constant"(%c0, %tmp) : (i32, memref<?xi32, "host">) -> ()
  %low = memref.subview %tmp[0] [%m] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
  scf.if %c {
    "xpu.copy"(%x, %low) : (memref<?xi32, "host">, memref<?xi32, strided<[1]>, "host">) -> ()
  }
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A call in a branch may do anything, and only where the condition holds: the branch stays.
func.func private @log()
func.func @call(%c: i1, %x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  scf.if %c {
    func.call @log() : () -> ()
    "xpu.cumsum"(%tmp, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  }
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
