def test_x(store):
    assert store.write_now(lambda tx: tx.new_code()).startswith("HN-")
