// A clause bounds what follows it, not itself: both clauses stay.

func.func @f(%d: i32 {xpu.name = "d"}) {
  %c5 = arith.constant 5 : i32
  "xpu.require"(%d, %c5) {predicate = "sge", message = "m"} : (i32, i32) -> ()
  "xpu.require"(%d, %c5) {predicate = "sle", message = "m"} : (i32, i32) -> ()
  return
}
