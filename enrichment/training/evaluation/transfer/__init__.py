"""How far figures read in texts are from the truth on sources that the model has not seen."""
