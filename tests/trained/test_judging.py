from pathlib import Path

import numpy as np

from explorer.trained.judging import predict
from explorer.trained.loop import Training
from tests.trained import small


def test_predictions_do_not_hang_on_the_batch(tmp_path: Path) -> None:
    done = Training(small.recipe(), small.data_set().train, 0, tmp_path, bfloat16=False)
    done.run(until=10)
    pictures = small.colours(130, seed=4)
    found = predict(done.average, done.recipe.preparation, pictures)
    assert found.dtype == np.int64
    alone = [
        int(predict(done.average, done.recipe.preparation, pictures.pick(np.array([k])))[0]) for k in (0, 99, 129)
    ]
    assert found[[0, 99, 129]].tolist() == alone
