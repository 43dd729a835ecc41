"""The Trainer with our loss, our order of examples and our exchange of gradients. Used by the recipe only."""

from typing import Any

import torch
from torch.utils.data import Sampler
from transformers import Trainer

from studio.engine.example_tokens import Row
from studio.tuning import together
from studio.tuning.encoding import Shared, SimilarLengths, in_pieces
from studio.tuning.loss import summed_loss
from studio.tuning.pieces import most_at_once
from studio.tuning.presets import TrainingSettings
from studio.tuning.watch import Watch

SILENT = Row([0], 1)  # a row without a learned token


class AdapterTrainer(Trainer):
    """Trains on `rows` as `training` says; of several processes each takes its share of every step."""

    def __init__(self, rows: list[Row], training: TrainingSettings, watch: Watch, **options: Any) -> None:
        super().__init__(train_dataset=[*rows, SILENT], callbacks=[watch], **options)
        self.order = SimilarLengths(rows, training.batch_size, training.seed)
        self.watch = watch
        self.model_accepts_loss_kwargs = True  # so that num_items_in_batch spans the accumulated batches
        self.loss_is_scaled_for_ga = True

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        if together.count() == 1:
            return self.order
        turn = (together.number(), together.count())
        return Shared(self.order, self.args.per_device_train_batch_size, turn, silent=len(self.order))

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: torch.device) -> Any:
        """The batches of this process, and the learned tokens of all: what the loss is a mean of."""
        batches, learned = super().get_batch_samples(epoch_iterator, num_batches, device)
        return batches, learned if together.count() == 1 else int(together.summed(float(learned or 0))[0])

    def training_step(
        self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Forward and back, piece by piece; after the last batch of a step the gradients of all processes are
        added up."""
        pieces = in_pieces(inputs, most_at_once(on_gpu=torch.cuda.is_available()))
        learn = super().training_step
        loss = torch.stack([learn(model, piece, num_items_in_batch) for piece in pieces]).sum()
        if self.accelerator.sync_gradients:
            together.add_up_gradients(one for one in model.parameters() if one.requires_grad)
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """The loss of the learned tokens alone, as their part of the whole step's mean."""
        with self.accelerator.autocast():  # it stands around the wrapper's forward, which is not called here
            loss: torch.Tensor = (
                summed_loss(self.accelerator.unwrap_model(model), inputs) / num_items_in_batch
            )
        self.watch.add(loss.detach(), int(inputs["attention_mask"].sum()))
        return loss
