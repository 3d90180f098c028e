#include "textflag.h"

// func add(a, b int64) int64
TEXT ·add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	MOVQ b+8(FP), R14
	ADDQ R14, AX
	MOVQ AX, ret+16(FP)
	RET

// func around(n int64) int64
TEXT ·around(SB), 0, $16-16
	CALL ·yield(SB)
	MOVQ n+0(FP), AX
	MOVQ AX, ret+8(FP)
	RET

// func bare()
TEXT ·bare(SB), NOSPLIT|NOFRAME, $0-0
	CALL ·idle(SB)
	RET

// func idle()
TEXT ·idle(SB), NOSPLIT|NOFRAME, $0-0
	XORL AX, AX
	RET
