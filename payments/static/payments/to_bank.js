// The bank wants a form; send it without waiting for the button.
document.getElementById("to-bank").submit();
