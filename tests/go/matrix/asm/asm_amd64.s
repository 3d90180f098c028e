#include "textflag.h"

// func Add(a, b int64) int64
TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	MOVQ b+8(FP), R14
	ADDQ R14, AX
	MOVQ AX, ret+16(FP)
	RET

// func Sign(n int64) int64
TEXT ·Sign(SB), NOSPLIT, $0-16
	MOVQ n+0(FP), AX
	CMPQ AX, $0
	JLT  negative
	JEQ  zero
	MOVQ $1, ret+8(FP)
	RET

zero:
	MOVQ $0, ret+8(FP)
	RET

negative:
	MOVQ $-1, ret+8(FP)
	RET

// func Around(n int64) int64
TEXT ·Around(SB), 0, $16-16
	CALL ·yield(SB)
	MOVQ n+0(FP), AX
	INCQ AX
	MOVQ AX, ret+8(FP)
	RET
