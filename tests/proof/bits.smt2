; What the contracts admit of bits (`admit` in codec/src), for all 64-bit words. Each must be unsat: no word breaks it.
(set-logic QF_BV)
(define-sort word () (_ BitVec 64))
(declare-const a word)
(declare-const b word)

; items_agree: no bit in the upper half of a | b, so none in that of a or b
(push)
(assert (= (bvlshr (bvor a b) (_ bv32 64)) (_ bv0 64)))
(assert (not (and (bvult a (_ bv4294967296 64)) (bvult b (_ bv4294967296 64)))))
(check-sat)
(pop)

; may_be: a set of the two readings has reading b when it is b alone or both
(push)
(assert (bvule a (_ bv3 64)))
(assert (or (= b (_ bv1 64)) (= b (_ bv2 64))))
(assert (not (= (not (= (bvand a b) (_ bv0 64))) (or (= a b) (= a (_ bv3 64))))))
(check-sat)
(pop)
