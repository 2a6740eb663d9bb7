"""results.nc as one labelled xarray.Dataset: what is in it is what is in points.csv and training.csv.

read_results.py PROGRAM: skips (77) where there is no xarray or netCDF4."""
import csv
import os
import subprocess
import sys
import tempfile

try:
    import netCDF4  # noqa: F401 -- what xarray opens the file with
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(missing)
    sys.exit(77)


def study(program, folder, *arguments):
    subprocess.run([program, 'run', '--quiet', '--no-figures', '--out', folder, *arguments], check=True)


def rows(folder, name):
    with open(os.path.join(folder, name), newline='') as table:
        return list(csv.DictReader(table))


def label_of(row):
    """Bins are labelled by their estimator."""
    return row['estimator'] or row['measure']


def check_points(data, points):
    """Each row of points.csv is a point of the file, bit by bit; where there is no row there is no number."""
    for row in points:
        place = dict(run=int(row['run']), epoch=int(row['epoch']), layer=int(row['layer']), estimator=label_of(row))
        for name in 'I_XT', 'I_TY', 'states':
            assert float(data[name].sel(place)) == float(row[name]), (name, place)
    for name in 'I_XT', 'I_TY', 'states':
        assert int(data[name].notnull().sum()) == len(points), name
    for name, column in ('run', 'run'), ('epoch', 'epoch'), ('layer', 'layer'):
        assert list(data[name].values) == sorted({int(row[column]) for row in points}), name
    assert set(data['estimator'].values) == {label_of(row) for row in points}


def check_curves(data, curves):
    names = {'running_loss': 'train_loss', 'running_accuracy': 'train_accuracy', 'test_accuracy': 'test_accuracy'}
    for name, column in names.items():
        expected = np.array([float(row[column]) for row in curves]).reshape(data[name].shape)
        assert (data[name].values == expected).all(), name
    epochs = data.sizes['epoch_trained']
    assert list(data['epoch_trained'].values) == list(range(epochs))
    # At epoch 0 nothing runs yet, so running values are those of the initial weights.
    first = data.sel(epoch_trained=0)
    assert (first.running_loss == first.train_loss).all() and (first.running_accuracy == first.train_accuracy).all()
    last = data.sel(epoch_trained=epochs - 1)
    assert (last.train_accuracy == data.final_train_accuracy).all()
    assert (last.test_accuracy == data.final_test_accuracy).all()
    assert ((last.running_accuracy < 0.55) == data.bad_fit).all()
    for name in 'train_loss', 'test_loss':
        assert (data[name] > 0).all() and data[name].dims == ('run', 'epoch_trained'), name


def check_labels(data, runs):
    assert data['I_XT'].dims == ('run', 'epoch', 'layer', 'estimator')
    assert data['I_XT'].units == data['I_TY'].units == 'bit'
    assert data['train_loss'].units == 'nat'
    assert all('long_name' in data[name].attrs for name in data.variables)
    assert data.sizes['run'] == runs
    assert data.attrs['history'].startswith('ib run --preset ' + data.attrs['preset'] + ' ')


def check(program, folder, runs, *arguments):
    study(program, folder, '--runs', str(runs), *arguments)
    with xr.open_dataset(os.path.join(folder, 'results.nc')) as data:
        check_labels(data, runs)
        check_points(data, rows(folder, 'points.csv'))
        check_curves(data, rows(folder, 'training.csv'))
        return data.attrs


def main(program):
    with tempfile.TemporaryDirectory() as work:
        asked = check(program, work + '/paper', 3, '--epochs', '4', '--seed', str(2**64 - 1), '--split-seed', '5')
        assert (asked['preset'], asked['activation'], asked['bits']) == ('paper', 'tanh', 8)
        assert (asked['runs'], asked['epochs'], asked['seed'], asked['split_seed']) == (3, 4, 2**64 - 1, 5)
        # Not all epochs are measured, and the last layer by three estimators; all layers by two.
        check(program, work + '/iclr', 2, '--preset', 'official-iclr', '--activation', 'relu', '--epochs', '13')
        bins = '--bins', '30,100', '--bounds', 'global'
        asked = check(program, work + '/float', 1, '--bits', '32', '--epochs', '2', *bins)
        assert asked['bounds'] == 'global' and asked['history'].endswith(' '.join(bins))


main(os.path.abspath(sys.argv[1]))
