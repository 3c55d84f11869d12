; What the contracts admit of bits (`admit` in codec/src, axioms in acsl/encode.acsl.h), for all 64-bit words. Each must be unsat: no word breaks it.
(set-logic QF_BV)
(define-sort word () (_ BitVec 64))
(declare-const a word)
(declare-const b word)
(declare-const mask word)

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

; octet_fails: an octet after the octets of a length, of which there are seven at most
(push)
(assert (bvult a (_ bv72057594037927936 64)))
(assert (bvult b (_ bv256 64)))
(assert (not (and (= (bvshl a (_ bv8 64)) (bvmul (_ bv256 64) a))
                  (= (bvor (bvshl a (_ bv8 64)) b) (bvadd (bvmul (_ bv256 64) a) b)))))
(check-sat)
(pop)

; or_keeps_zeros: a | b has no bit of a mask that neither a nor b has
(push)
(assert (and (= (bvand a mask) (_ bv0 64)) (= (bvand b mask) (_ bv0 64))))
(assert (not (= (bvand (bvor a b) mask) (_ bv0 64))))
(check-sat)
(pop)

; or_of_words: a | b is a word, too, were there room for more
(push)
(define-fun wide ((w word)) (_ BitVec 128) ((_ zero_extend 64) w))
(assert (not (bvult (bvor (wide a) (wide b)) (bvshl (_ bv1 128) (_ bv64 128)))))
(check-sat)
(pop)
